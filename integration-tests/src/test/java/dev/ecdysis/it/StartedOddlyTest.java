package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.status.Check;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Servers that were started in a way that says less than usual about how to start them again: what is started is what
/// ran, where it ran, or nothing, and then everybody is told why.
@Tag("slow")
class StartedOddlyTest {
    private static final int NOBODY = 65_534;
    private static final List<String> AS_NOBODY = List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY,
            "--clear-groups");

    @RegisterExtension
    final Servers servers = new Servers();

    private static Launch by(List<String> starter, Launch launch) {
        List<String> command = new ArrayList<>(starter);
        command.addAll(launch.command());
        return new Launch(command, launch.environment());
    }

    private static Path script(Path file, String text) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /// Refused, and doctor and status say so before anybody tries.
    private static void assertRefused(Chain chain, String... words) throws Exception {
        assertThat(doctor(chain)).contains("FAIL").contains(words);
        assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why()).contains(words);
        assertThat(chain.status().generation()).isZero();
    }

    private static String doctor(Chain chain) throws Exception {
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            return client.doctor().stream().filter(check -> check.name().equals("launch")).map(Check::toString)
                    .collect(Collectors.joining("\n"));
        }
    }

    /// What is called like the first word of the command line is not started, wherever it is.
    @Test
    void underAnotherNameIsStartedAgainAsWhatItIs() throws Exception {
        Chain chain = servers.create();
        Path bin = Files.createDirectory(chain.folder().resolve("bin"));
        script(bin.resolve("orders"), "touch " + chain.folder().resolve("ran"));
        Path start = script(bin.resolve("start"), "exec -a orders \"$@\"");
        Launch launch = by(List.of("bash", start.toString()), Launch.program())
                .with("PATH", bin + ":" + System.getenv("PATH"));
        chain.start(launch, Path.of("/"));
        for (int upgrade = 0; upgrade < 2; upgrade++) {
            long pid = chain.assertUpgrades().pid();
            assertThat(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))).startsWith("orders\0");
        }
        assertThat(chain.folder().resolve("ran")).doesNotExist();
        chain.assertEnds();
    }

    /// In the POSIX locale the JDK cannot say the name of such a folder.
    @Test
    void withAFolderOnThePathThatTheLocaleCannotExpress() throws Exception {
        Chain chain = servers.create();
        Path books = Files.createDirectory(chain.folder().resolve("b\u00fccher"));
        String java = Path.of(Launch.JAVA).getParent().toString();
        Launch launch = by(List.of("env"), Launch.program("java", List.of("-cp", Launch.classPath())))
                .with("LC_ALL", "POSIX").with("PATH", books + ":" + java + ":/usr/bin:/bin");
        chain.start(launch, books);
        chain.assertUpgrades();
        script(books.resolve("java"), "exec " + Launch.JAVA + " -Dfound=there \"$@\"");
        long pid = chain.assertUpgrades().pid();
        assertThat(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))).contains("-Dfound=there");
        assertThat(Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd"))).isEqualTo(books);
        chain.assertEnds();
    }

    /// A chain whose server runs as somebody who may use only what he is given.
    private Chain nobodys() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "NOT TESTED: needs root");
        Chain chain = servers.create();
        Files.setPosixFilePermissions(chain.folder(), PosixFilePermissions.fromString("rwx--x--x"));
        for (Path folder : List.of(chain.run(), chain.folder().resolve("gates"))) {
            Files.setAttribute(folder, "unix:uid", NOBODY);
        }
        return chain;
    }

    @Test
    void inAFolderThatItMayNotEnterIsRefused() throws Exception {
        Map<String, String> cases = Map.of("closed", "-XX:+PerfDisableSharedMem", "closed/app", "-XX:-UsePerfData");
        for (Map.Entry<String, String> one : cases.entrySet()) {
            Chain chain = nobodys();
            Path folder = Files.createDirectories(chain.folder().resolve(one.getKey()));
            Files.setPosixFilePermissions(chain.folder().resolve("closed"),
                    PosixFilePermissions.fromString("rwx------"));
            List<String> options = List.of(one.getValue(), "-cp", Launch.classPath());
            chain.start(by(AS_NOBODY, Launch.program(Launch.JAVA, options)), folder);
            assertRefused(chain, folder.toString(), "may not be entered by the server's user",
                    chain.folder().resolve("closed") + " lets only others in");
            chain.assertEnds();
        }
    }

    /// HotSpot leaves the folder to make a file of its own, and cannot come back.
    @Test
    void inAFolderThatTheJvmCouldNotComeBackToIsRefused() throws Exception {
        Chain chain = nobodys();
        Path folder = Files.createDirectories(chain.folder().resolve("closed"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        chain.start(by(AS_NOBODY, Launch.program()), folder);
        assertRefused(chain, "hsperfdata_", folder.toString(), "may not read");
        assertThat(String.join("\n", chain.status().notes())).contains("upgrades are refused: this JVM stands in");
        chain.errors().await(0, "upgrades will be refused: this JVM stands in");
        chain.assertEnds();
    }

    /// `unshare --pid` without --mount-proc: numbers there mean other processes.
    @Test
    void withTheProcOfAnotherNamespaceIsRefused() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "NOT TESTED: needs root");
        Chain chain = servers.create();
        Path start = script(chain.folder().resolve("start"), "\"$@\" &\nwait");
        chain.start(by(List.of("unshare", "--pid", "--fork", "--kill-child", start.toString()), Launch.program()),
                Path.of("/"));
        assertRefused(chain, "/proc belongs to another pid namespace", "mount it anew");
        assertThat(String.join("\n", chain.status().notes()))
                .contains("upgrades are refused: /proc belongs to another");
        assertThat(Files.readString(chain.pidFile())).isEqualTo(chain.status().pid() + "\n");
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            client.stop(progress -> {
            });
        }
        chain.assertNothingLeft();
    }
}
