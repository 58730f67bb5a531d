package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A bad build never takes the service down, and whoever asked for it learns why it failed.
@Tag("slow")
class BadSuccessorTest {
    /// Of [a ZIP file](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), 4.3.7: what comes before an entry's
    /// name, how it begins, and where it says how much follows the name.
    private static final int LOCAL_HEADER_BYTES = 30;
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final int EXTRA_LENGTH = 28;
    private static final int KILOBYTE = 1024;

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void thatNeverGetsReady() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "0s",
                "--fault-file", "@/../fault"));
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

    /// With a time limit that a good version might miss on a busy machine.
    @Test
    void thatHangs() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--ready-timeout", "4s",
                "--fault-file", "@/../fault"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            UpgradeResult.Failed failed = upgradeTo(chain, "hang", UpgradeResult.Failed.class);
            assertThat(failed.reason()).contains("not ready within the time limit");
            assertThat(failed.exitStatus()).isPresent();
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertEnds();
    }

    @Test
    void thatFailsAfterTakingOver() throws Exception {
        Chain chain = servers.start(Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "4s",
                "--drain", "3s", "--health-check", "--fault-file", "@/../fault"));
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Duration begun = traffic.elapsed();
            UpgradeResult.RolledBack back = upgradeTo(chain, "die-after-cutover:200ms",
                    UpgradeResult.RolledBack.class);
            Traffic.Window life = new Traffic.Window(begun, traffic.elapsed());
            assertThat(back.exitStatus()).hasValue(9);
            assertThat(back.reason()).contains("ended on probation");
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertOnlyLostDuring(life);
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
    void whoseJarIsMissingOrDamaged(@TempDir Path releases) throws Exception {
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

            // Nothing is wrong with its directory, so only the new process finds out.
            replace(jar, damagedIn(releases.resolve("old.jar"), "dev/ecdysis/examples/Main.class"));
            UpgradeResult.Failed failed = chain.startUpgrade().await(UpgradeResult.Failed.class);
            assertThat(failed.phase()).isEqualTo(Phase.SPAWNING);
            assertThat(failed.exitStatus()).hasValue(1);
            assertThat(failed.lastWords()).anyMatch(line -> line.contains("dev.ecdysis.examples.Main"));

            chain.assertServesAlone(chain.first().pid());
            replace(jar, whole);
            chain.assertUpgrades();
            traffic.awaitGeneration(1);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    /// The same with up to a kilobyte of other bytes in the middle of an entry.
    private static byte[] damagedIn(Path jar, String entry) throws IOException {
        byte[] bytes = Files.readAllBytes(jar);
        // One character for each byte: the place in the text is the place in the file.
        int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(entry);
        int header = name - LOCAL_HEADER_BYTES;
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(fields.getInt(header)).as("what stands before the entry").isEqualTo(LOCAL_HEADER);
        int content = name + entry.length() + fields.getShort(header + EXTRA_LENGTH);
        int size;
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            size = (int) zip.getEntry(entry).getCompressedSize();
        }
        int count = Math.min(KILOBYTE, size);
        for (int i = content + (size - count) / 2; i < content + (size + count) / 2; i++) {
            bytes[i] ^= (byte) 0xa5;
        }
        return bytes;
    }

    private static void replace(Path jar, byte[] content) throws Exception {
        Path other = jar.resolveSibling("new.jar");
        Files.write(other, content);
        Files.move(other, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
