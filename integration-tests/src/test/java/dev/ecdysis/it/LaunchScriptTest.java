package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A launch script that the environment of generation 0 names: what it says at the time of an upgrade is what is started.
@Tag("slow")
class LaunchScriptTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @TempDir
    Path folder;

    /// Below a link to the release, where the script is as well.
    private Chain start(String name) throws Exception {
        for (String release : List.of("one", "two")) {
            Files.createDirectory(folder.resolve(release));
        }
        Path current = Files.createSymbolicLink(folder.resolve("current"), Path.of("one"));
        return servers.start(Launch.program("word=first").with("ECDYSIS_LAUNCH_SCRIPT", name), current);
    }

    /// A script that starts the tests' program with one more JVM flag and one more argument.
    private static void write(Path script, Chain chain, String how, String flag, String word) throws IOException {
        List<String> command = chain.words(Launch.program(word));
        String arguments = command.subList(1, command.size()).stream().map(LaunchScriptTest::quoted)
                .collect(Collectors.joining(" "));
        write(script, "#!/bin/sh\n" + how.formatted(quoted(command.getFirst()) + " " + flag + " " + arguments) + "\n");
    }

    private static void write(Path script, String text) throws IOException {
        Files.writeString(script, text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String quoted(String word) {
        return "'" + word + "'";
    }

    private static void assertRuns(Chain chain, String flag, String word) throws Exception {
        chain.assertUpgrades();
        assertThat(Client.get(chain.address(), "/arguments")).endsWith("\n" + word);
        assertThat(Files.readString(Path.of("/proc", Long.toString(chain.status().pid()), "cmdline")).split("\0", -1))
                .contains(flag);
    }

    @Test
    void takesEffectAnewEachTime() throws Exception {
        Chain chain = start("run");
        Path script = folder.resolve("one/run");
        write(script, chain, "exec %s", "-Dflag=1", "word=script");
        assertRuns(chain, "-Dflag=1", "word=script");
        write(script, chain, "exec %s", "-Dflag=2", "word=rewritten");
        assertRuns(chain, "-Dflag=2", "word=rewritten");

        write(folder.resolve("two/run"), chain, "exec %s", "-Dflag=3", "word=moved");
        Files.createSymbolicLink(folder.resolve("next"), Path.of("two"));
        Files.move(folder.resolve("next"), folder.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
        assertRuns(chain, "-Dflag=3", "word=moved");

        // For this one upgrade the operator knows better.
        chain.startUpgrade(chain.words(Launch.program("word=given"))).await(UpgradeResult.Committed.class);
        assertThat(Client.get(chain.address(), "/arguments")).endsWith("\nword=given");
        assertRuns(chain, "-Dflag=3", "word=moved");
        chain.assertEnds();
    }

    @Test
    void thatCannotBeRunIsRefused() throws Exception {
        Chain chain = start("./bin/run");
        assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                .contains("bin/run does not exist", "(ECDYSIS_LAUNCH_SCRIPT names ./bin/run)");
        Path script = Files.createDirectory(folder.resolve("one/bin")).resolve("run");
        Files.writeString(script, "#!/bin/sh\n");
        assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why()).contains("chmod +x it");
        write(script, "exec java\n");
        assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                .contains("neither a script nor a program", "begin it with #!/bin/sh");
        write(script, "#!/bin/sh\r\nexec java\r\n");
        assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                .contains("the interpreter /bin/sh\\r of ", "does not exist", "CR LF", "names ./bin/run");

        chain.assertServesAlone(chain.first().pid());
        write(script, chain, "exec %s", "-Dflag=1", "word=script");
        assertRuns(chain, "-Dflag=1", "word=script");
        chain.assertEnds();
    }

    @Test
    void whoseJavaIsItsChildIsTurnedDown() throws Exception {
        Chain chain = start("run");
        Path script = folder.resolve("one/run");
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            write(script, chain, "%s\nexit $?", "-Dflag=1", "word=script");
            assertThat(chain.startUpgrade().await(UpgradeResult.Failed.class).reason())
                    .contains("a launch script must exec the JVM");
            chain.assertServesAlone(chain.first().pid());

            write(script, chain, "%s &", "-Dflag=1", "word=script");
            UpgradeResult.Failed failed = chain.startUpgrade().await(UpgradeResult.Failed.class);
            assertThat(failed.exitStatus()).hasValue(0);
            chain.assertServesAlone(chain.first().pid());
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        write(script, chain, "exec %s", "-Dflag=1", "word=script");
        assertRuns(chain, "-Dflag=1", "word=script");
        chain.assertEnds();
    }
}
