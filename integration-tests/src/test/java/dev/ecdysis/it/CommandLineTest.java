package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/// Whoever asks with the command line gets the outcome: in its exit code, in words and in JSON.
@Tag("slow")
class CommandLineTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @RegisterExtension
    final Commands commands = new Commands();

    @Test
    void showsUpgradesChecksAndStopsAServer() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "200ms"));
        int port = ((InetSocketAddress) chain.address()).getPort();
        JsonNode first = run(0, chain, "status", "--json").json();
        assertThat(first.get("generation").intValue()).isZero();
        assertThat(first.get("pid").longValue()).isEqualTo(chain.first().pid());
        assertListens(first, port, false);

        Command.Ended inWords = run(0, chain, "upgrade");
        long second = chain.status().pid();
        assertThat(second).isNotEqualTo(chain.first().pid());
        assertThat(inWords.out()).contains("Upgraded: generation 1 serves, process " + second + ".");
        assertThat(inWords.err()).isEmpty();

        JsonNode committed = run(0, chain, "upgrade", "--json").json();
        assertThat(committed.get("outcome").stringValue()).isEqualTo("committed");
        assertThat(committed.get("generation").intValue()).isEqualTo(2);
        JsonNode third = run(0, chain, "status", "--json").json();
        assertThat(third.get("generation").intValue()).isEqualTo(2);
        assertThat(third.get("pid").longValue()).isEqualTo(committed.get("pid").longValue());
        assertListens(third, port, true);

        JsonNode doctor = run(0, chain, "doctor", "--json").json();
        assertThat(doctor.get("failed").intValue()).isZero();
        assertThat(doctor.get("checks")).extracting(check -> check.get("where").stringValue())
                .contains("machine", "server");

        long serving = chain.status().pid();
        Command.Ended stopped = run(0, chain, "stop");
        assertThat(Processes.isAlive(serving)).isFalse();
        assertThat(stopped.out()).contains("Stopped: the process is gone");
        chain.assertNothingLeft();
    }

    private static void assertListens(JsonNode status, int port, boolean inherited) {
        assertThat(status.get("listeners")).hasSize(1);
        JsonNode listener = status.get("listeners").get(0);
        assertThat(listener.get("name").stringValue()).isEqualTo("http");
        assertThat(listener.get("address").stringValue()).endsWith(":" + port);
        assertThat(listener.get("inherited").booleanValue()).isEqualTo(inherited);
    }

    @Test
    void saysWhyABadBuildWasNotKept() throws Exception {
        // So long that the fault comes first: a command that ends with the cutover would end with 0.
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "60s",
                "--fault-file", "@/../fault"));
        Files.writeString(chain.folder().resolve("fault"), "throw");
        Command.Ended failed = run(1, chain, "upgrade");
        assertThat(failed.err()).contains("the upgrade failed during initialising", "never stopped serving",
                "exit status 1", "last words", "this version is broken");

        Files.writeString(chain.folder().resolve("fault"), "die-after-cutover:100ms");
        Command.Ended back = run(4, chain, "upgrade", "--json");
        assertThat(back.json().get("outcome").stringValue()).isEqualTo("rolledBack");
        assertThat(back.json().get("exitStatus").intValue()).isEqualTo(9);
        assertThat(back.err()).contains("rolled back", "cold start");
        assertThat(Client.get(chain.address(), "/")).isNotEmpty();
        chain.assertServesAlone(chain.first().pid());
    }

    @Test
    void waitsForTheDrainAndIsRefusedAtTheCap() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "0s",
                "--drain", "10m", "--idle-grace", "10m", "--max-draining", "1"));
        long first = chain.first().pid();
        Command upgrade;
        try (Client idle = Client.connect(chain.address())) {
            idle.ask("/", "");
            assertThat(Client.generation(idle.read())).isZero();
            upgrade = start(chain, "upgrade", "--wait-drain");
            upgrade.out().await(0, "^Upgraded: generation 1 serves");

            Command.Ended refused = run(3, chain, "upgrade");
            assertThat(refused.err()).contains("refused", Long.toString(first), "Nothing was tried");
            assertThat(run(3, chain, "upgrade", "--json").json().get("outcome").stringValue()).isEqualTo("refused");
            JsonNode draining = run(0, chain, "status", "--json").json().get("draining");
            assertThat(draining).extracting(one -> one.get("pid").longValue()).containsExactly(first);
            assertThat(upgrade.process().isAlive()).as("waits while the old process drains").isTrue();
        }
        Command.Ended drained = upgrade.end(0);
        assertThat(Processes.isAlive(first)).isFalse();
        assertThat(drained.out()).contains("Drained: the old process is gone.");
        chain.assertEnds();
    }

    @Test
    void isRefusedWhileAnUpgradeRunsWhichAStopEnds() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--ready-timeout", "10m",
                "--drain", "1s", "--fault-file", "@/../fault"));
        Files.writeString(chain.folder().resolve("fault"), "hang");
        Command hanging = start(chain, "upgrade");
        hanging.out().await(0, "initialising: ");
        assertThat(run(3, chain, "upgrade").err()).contains("an upgrade is under way already",
                "Nothing was tried; the server serves as before.");

        run(0, chain, "stop");
        assertThat(Processes.isAlive(chain.first().pid())).isFalse();
        assertThat(hanging.end(1).err()).contains("failed during initialising: the server is stopping")
                .doesNotContain("The old process serves");
        chain.assertNothingLeft();
    }

    @Test
    void saysThatNobodyIsThereAndWhatIsNoCommand() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0"));
        Processes.signal(chain.first().pid(), Processes.KILL);
        Processes.awaitExit(chain.first().pid());
        assertThat(run(5, chain, "status").err()).contains(chain.control().toString());
        assertThat(run(5, chain, "upgrade", "--json").json().get("outcome").stringValue()).isEqualTo("unreachable");
        JsonNode doctor = run(5, chain, "doctor", "--json").json();
        assertThat(doctor.get("checks")).extracting(check -> check.get("where").stringValue())
                .contains("machine").endsWith("server");

        assertThat(commands.ecdysis("upgrade").end(2).err()).contains("no control socket", "--control PATH");
        assertThat(run(2, chain, "upgrade", "--nonsense").err()).contains("--nonsense");
        assertThat(run(2, chain, "upgrade", "java").err()).contains("a program to start comes after --");
        assertThat(run(2, chain, "upgrade", "--").err()).contains("no program after --");
    }

    private Command start(Chain chain, String command, String... options) throws Exception {
        String[] arguments = new String[options.length + 3];
        arguments[0] = command;
        arguments[1] = "--control";
        arguments[2] = chain.control().toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return commands.ecdysis(arguments);
    }

    /// Runs a command to its end, which must be with this exit code.
    private Command.Ended run(int status, Chain chain, String command, String... options) throws Exception {
        return start(chain, command, options).end(status);
    }
}
