package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A command that an operator gives for one upgrade: kept once it is committed, and of no consequence otherwise.
@Tag("slow")
class OperatorCommandTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @RegisterExtension
    final Commands commands = new Commands();

    @Test
    void isKeptByTheGenerationsAfterIt() throws Exception {
        Chain chain = servers.start(Launch.program("word=first"));
        int mark = chain.errors().mark();
        List<String> words = new ArrayList<>(List.of("upgrade", "--control", chain.control().toString(), "--"));
        words.addAll(chain.words(Launch.program("word=second", "", "--json")));
        commands.ecdysis(words.toArray(String[]::new)).end(0);
        String given = "folder=" + chain.run() + "\nword=second\n\n--json";
        assertThat(Client.get(chain.address(), "/arguments")).isEqualTo(given);
        assertThat(chain.errors().find(mark, "with a command of its own: " + Launch.JAVA + "$")).isPresent();

        for (int upgrade = 0; upgrade < 2; upgrade++) {
            chain.assertUpgrades();
            assertThat(Client.get(chain.address(), "/arguments")).isEqualTo(given);
        }
        chain.assertEnds();
    }

    @Test
    void thatCannotBeStartedIsRefusedWithACure() throws Exception {
        Chain chain = servers.start(Launch.program());
        Path file = Files.writeString(chain.folder().resolve("file"), "");
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Command.Ended refused = commands.ecdysis("upgrade", "--control", chain.control().toString(), "--",
                    "/no/such/java", "-jar", "app.jar").end(3);
            assertThat(refused.err()).contains("/no/such/java does not exist; install it", "Nothing was tried");
            assertThat(chain.startUpgrade(List.of(file.toString())).await(UpgradeResult.Refused.class).why())
                    .contains(file + " is not an executable file; chmod +x it");
            assertThat(chain.startUpgrade(List.of(Launch.JAVA, "-jar", "gone.jar"))
                    .await(UpgradeResult.Refused.class).why()).contains("/gone.jar is missing");

            UpgradeResult.Failed failed = chain.startUpgrade(List.of("false")).await(UpgradeResult.Failed.class);
            assertThat(failed.phase()).isEqualTo(Phase.SPAWNING);
            assertThat(failed.exitStatus()).hasValue(1);
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    @Test
    void isForgottenWhenItWasRolledBack() throws Exception {
        String[] options = {"http", "--listen", "tcp:127.0.0.1:0", "--probation", "2s"};
        Chain chain = servers.start(Launch.example(options));
        List<String> faulty = new ArrayList<>(chain.words(Launch.example(options)));
        faulty.addAll(List.of("--fault", "die-after-cutover:100ms"));
        UpgradeResult.RolledBack back = chain.startUpgrade(faulty).await(UpgradeResult.RolledBack.class);
        assertThat(back.exitStatus()).hasValue(9);
        chain.assertServesAlone(chain.first().pid());

        chain.assertUpgradesAndEnds();
    }
}
