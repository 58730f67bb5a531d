package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.status.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Somebody stands between the server and PID 1 of its container, waits for generation 0 and would end with it. Before an
/// upgrade is tried, everybody hears of it who asks.
@Tag("slow")
class HiddenParentTest {
    private static final List<String> APART = List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");

    @RegisterExtension
    final Servers servers = new Servers();

    @RegisterExtension
    final Commands commands = new Commands();

    /// @param below what PID 1 is, up to the server's own command
    /// @param named who waits
    @ParameterizedTest
    @CsvSource({"sh -c '%s; true', 'sh (process 1)'", "tini -- sh -c '%s; true', 'sh (process 2)'",
        "sh -c 'runuser -u root -- %s; true', 'runuser (process 2)'"})
    void anUpgradeIsRefused(String below, String named) throws Exception {
        Chain chain = startBelow(below);

        UpgradeResult.Refused refused = chain.startUpgrade().await(UpgradeResult.Refused.class);
        assertThat(refused.why()).startsWith(named + " waits for this process").contains("ECDYSIS_SUPERVISOR");
        assertThat(chain.status().notes()).contains(refused.why());
        assertThat(check(chain)).hasValueSatisfying(check -> {
            assertThat(check.verdict()).isEqualTo(Check.Verdict.FAIL);
            assertThat(check.found()).isEqualTo(refused.why());
        });
        assertThat(chain.errors().lines()).anyMatch(line -> line.contains(refused.why()));
        assertThat(chain.output().find(0, "^serving generation=1 ")).isEmpty();
        chain.assertEnds();
    }

    /// A program of which nobody knows what it does when its child has ended. This one stays.
    @Test
    void whereItIsNotKnownAnUpgradeIsMadeAndWarnedOf() throws Exception {
        assumeTrue(Processes.succeeds(List.of("perl", "-e", "1")), "SKIPPED: there is no perl");
        Chain chain = startBelow("perl -e 'system join \" \", map { $ARGV[$_] } 0..$#ARGV; sleep' -- %s");

        Command upgrade = commands.ecdysis("upgrade", "--control", chain.control().toString(), "--json");
        assertThat(upgrade.end(0).json().get("warnings")).singleElement().satisfies(
                warning -> assertThat(warning.asString()).startsWith("perl (process 1) has started this process"));
        // It has no such parent any more.
        Await.until("the old process is gone", () -> chain.status().draining().isEmpty());
        assertThat(check(chain)).map(Check::verdict).contains(Check.Verdict.PASS);
        assertThat(chain.startUpgrade().await(UpgradeResult.Committed.class).warnings()).isEmpty();
        Processes.signal(chain.first().pid(), Processes.KILL);
        Await.until("the container is gone", () -> chain.processes().isEmpty());
    }

    /// As `docker exec` does it.
    @Test
    void whatWasStartedFromOutsideOfThePidNamespaceIsWarned() throws Exception {
        assumeTrue(Processes.succeeds(APART, "true"), "SKIPPED: unshare(1) cannot make a pid namespace here");
        List<String> container = new ArrayList<>(APART);
        container.addAll(List.of("sleep", "1000"));
        Process outer = new ProcessBuilder(container).start();
        try {
            Await.until("there is a container", () -> !Processes.childrenOf(outer.pid()).isEmpty() && Files
                    .readString(Path.of("/proc/" + Processes.childrenOf(outer.pid()).getFirst() + "/comm"))
                    .equals("sleep\n"));
            List<String> server = new ArrayList<>(List.of("nsenter", "--pid", "--mount", "--target",
                    Long.toString(Processes.childrenOf(outer.pid()).getFirst()), "--"));
            server.addAll(Launch.program().command());
            Chain chain = servers.start(new Launch(server, Map.of()));
            String why = "this process was started from outside of this pid namespace";

            assertThat(check(chain)).map(Check::verdict).contains(Check.Verdict.WARN);
            Await.until("it has looked", () -> chain.status().notes().stream().anyMatch(note -> note.startsWith(why)));
            assertThat(chain.startUpgrade().await(UpgradeResult.Committed.class).warnings()).singleElement().asString()
                    .startsWith(why);
            assertThat(chain.errors().lines()).anyMatch(line -> line.contains(why));
            outer.destroyForcibly();
            Await.until("the container is gone", () -> chain.processes().isEmpty());
        } finally {
            outer.destroyForcibly().waitFor();
        }
    }

    private static Optional<Check> check(Chain chain) throws Exception {
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            return client.doctor().stream().filter(check -> check.name().equals("parent processes")).findFirst();
        }
    }

    /// @param words separated by blanks, but for those in quotes; `%s` stands for the server's command
    private Chain startBelow(String words) throws Exception {
        assumeTrue(Processes.succeeds(APART, "true"), "SKIPPED: unshare(1) cannot make a pid namespace here");
        assumeTrue(!words.startsWith("tini") || Processes.succeeds(List.of("tini", "--version")),
                "SKIPPED: install tini");
        List<String> server = Launch.program().command();
        List<String> command = new ArrayList<>(APART);
        boolean quoted = false;
        for (String part : words.split("'", -1)) {
            if (quoted) {
                command.add(part.replace("%s", String.join(" ", server)));
            } else {
                for (String word : part.strip().split(" +", -1)) {
                    if (word.equals("%s")) {
                        command.addAll(server);
                    } else if (!word.isEmpty()) {
                        command.add(word);
                    }
                }
            }
            quoted = !quoted;
        }
        return servers.start(new Launch(command, Map.of()));
    }
}
