package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A bad build never takes the service down, and whoever asked for it learns why it failed.
@Tag("slow")
class BadSuccessorTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void thatNeverGetsReady() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "0s",
                "--ready-timeout", "5s", "--fault-file", "@/../fault"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            UpgradeResult.Failed failed = upgradeTo(chain, "exit:3", UpgradeResult.Failed.class);
            assertThat(failed.phase()).isEqualTo(Phase.INITIALISING);
            assertThat(failed.exitStatus()).hasValue(3);
            assertThat(failed.reason()).contains("ended before it was ready");

            failed = upgradeTo(chain, "throw", UpgradeResult.Failed.class);
            assertThat(failed.exitStatus()).hasValue(1);
            assertThat(failed.lastWords()).anyMatch(line -> line.contains("this version is broken"));

            failed = upgradeTo(chain, "refuse:no licence", UpgradeResult.Failed.class);
            assertThat(failed.reason()).contains("no licence");
            assertThat(failed.exitStatus()).hasValue(1);

            failed = upgradeTo(chain, "hang", UpgradeResult.Failed.class);
            assertThat(failed.reason()).contains("not ready within the time limit");
            assertThat(failed.exitStatus()).isPresent();

            // Said before it looks at anything else: a typing mistake in the options.
            failed = upgradeTo(chain, "nonsense", UpgradeResult.Failed.class);
            assertThat(failed.exitStatus()).hasValue(2);
            assertThat(failed.lastWords()).anyMatch(line -> line.contains("unknown fault: 'nonsense'"));

            chain.assertServesAlone(chain.first().pid());
            assertThat(chain.status().notes()).anyMatch(note -> note.contains("the last upgrade failed"));
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        Files.delete(chain.folder().resolve("fault"));
        chain.assertUpgradesAndEnds();
    }

    @Test
    void thatFailsAfterTakingOver() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "4s",
                "--drain", "3s", "--health-check", "--fault-file", "@/../fault"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            UpgradeResult.RolledBack back = upgradeTo(chain, "die-after-cutover:200ms",
                    UpgradeResult.RolledBack.class);
            assertThat(back.exitStatus()).hasValue(9);
            assertThat(back.reason()).contains("ended on probation");
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertOnlyKilledConnectionsLost(1);
        }
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitAnswers(10);
            back(chain, "refuse-after-cutover:caches are cold", "caches are cold");
            traffic.awaitGeneration(0);
            traffic.assertNothingLost();
        }
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitAnswers(10);
            assertThat(upgradeTo(chain, "mute", UpgradeResult.RolledBack.class).reason()).contains("none answered");
            // The mute one still sits on what it had accepted, until its drain deadline.
            try (Traffic later = Traffic.to(chain.address())) {
                later.awaitAnswers(10);
                chain.assertServesAlone(chain.first().pid());
                later.assertAllAnsweredBy(0);
            }
            traffic.awaitAnswers(10);
            long accepted = chain.output().lines().stream().filter("mute: accepted a connection"::equals).count();
            assertThat(accepted).as("connections that the mute one accepted").isPositive();
            traffic.assertOnlyConnectionsOfAMuteServerLost(accepted);
        }
        assertThat(chain.status().notes()).anyMatch(note -> note.contains("rolled back"));
        Files.delete(chain.folder().resolve("fault"));
        chain.assertUpgradesAndEnds();
    }

    private static void back(Chain chain, String fault, String reason) throws Exception {
        UpgradeResult.RolledBack back = upgradeTo(chain, fault, UpgradeResult.RolledBack.class);
        assertThat(back.reason()).contains(reason);
        chain.assertServesAlone(chain.first().pid());
    }

    private static <T extends UpgradeResult> T upgradeTo(Chain chain, String fault, Class<T> expected)
            throws Exception {
        Files.writeString(chain.folder().resolve("fault"), fault);
        return chain.startUpgrade().await(expected);
    }

    @Test
    void whoseJarIsMissingOrDamaged() throws Exception {
        Path releases = Files.createTempDirectory("ecdysis-it-jar-");
        Path jar = releases.resolve("app.jar");
        byte[] whole = Files.readAllBytes(Path.of(System.getProperty("ecdysis.examples.jar")));
        Files.write(jar, whole);
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "0s")
                .replace(System.getProperty("ecdysis.examples.jar"), jar.toString()));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            // Moved, so that the running process keeps its own.
            Files.move(jar, releases.resolve("old.jar"));
            assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                    .contains(jar + " is missing");

            replace(jar, Arrays.copyOf(whole, whole.length / 2));
            assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                    .contains("incomplete or damaged");

            replace(jar, new byte[0]);
            assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                    .contains("incomplete or damaged");

            chain.assertServesAlone(chain.first().pid());
            replace(jar, whole);
            chain.assertUpgrades();
            traffic.awaitGeneration(1);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
        Files.delete(releases.resolve("old.jar"));
        Files.delete(jar);
        Files.delete(releases);
    }

    private static void replace(Path jar, byte[] content) throws Exception {
        Path other = jar.resolveSibling("new.jar");
        Files.write(other, content);
        Files.move(other, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
