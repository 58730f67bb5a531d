package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.status.Check;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Paths are words: two of them may lead to one file, and one to another file than it did.
@Tag("slow")
class OtherPathsTest {
    @RegisterExtension
    final Servers servers = new Servers();

    /// The same command, but for the folder.
    private static List<String> words(Chain chain, Launch launch, Path folder) {
        return chain.words(launch).stream().map(word -> word.replace(chain.run().toString(), folder.toString()))
                .toList();
    }

    private static void assertServes(Path control, Path socket, int generation) throws Exception {
        try (ControlClient client = ControlClient.connect(control, Await.LIMIT)) {
            assertThat(client.status().generation()).isEqualTo(generation);
            assertThat(client.status().listeners()).allMatch(listener -> generation == 0 || listener.inherited());
        }
        assertThat(Client.get(UnixDomainSocketAddress.of(socket), "/")).contains("generation " + generation);
    }

    /// `/var/run` in one version, `/run` in the next.
    @Test
    void anotherNameOfTheSameFolderIsTheSameFolder() throws Exception {
        Chain chain = servers.create();
        Path alias = Files.createSymbolicLink(chain.folder().resolve("alias"), Path.of("run"));
        Launch launch = Launch.program("listen=unix:@/http.sock");
        chain.start(launch, Path.of("/"));
        Path socket = chain.run().resolve("http.sock");
        Object file = Files.getAttribute(socket, "unix:ino");
        int generation = 0;
        for (Path folder : List.of(alias, chain.run(), alias)) {
            long pid = chain.startUpgrade(words(chain, launch, folder)).await(UpgradeResult.Committed.class).pid();
            generation++;
            chain.assertServesAlone(pid);
            assertServes(alias.resolve("control.sock"), socket, generation);
            assertThat(Files.getAttribute(socket, "unix:ino")).isEqualTo(file);
        }
        chain.assertEnds();
    }

    /// Nobody can ask any more, and a signal still can.
    @Test
    void theFolderOfTheControlSocketIsMadeAgain() throws Exception {
        Chain chain = servers.start(Launch.program());
        for (Path file : List.of(chain.control(), chain.pidFile(), chain.run())) {
            Files.delete(file);
        }
        Processes.signal(chain.first().pid(), Processes.HUP);
        chain.output().await(0, "^result Committed\\[generation=1, ");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(chain.run()))).isEqualTo("rwx------");
        chain.assertServesAlone();
        chain.assertUpgradesAndEnds();
    }

    @Test
    void anUpgradeWithoutTheFolderOfAListenerIsRefused() throws Exception {
        Chain chain = servers.create();
        Path folder = Files.createDirectory(chain.folder().resolve("sockets"));
        Path socket = folder.resolve("http.sock");
        chain.start(Launch.program("listen=unix:" + socket), Path.of("/"));
        Files.delete(socket);
        Files.delete(folder);
        String why = "listener-0 cannot be reached at unix:" + socket + ", because the folder " + folder + " is gone";
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            assertThat(client.doctor()).filteredOn(check -> check.verdict() == Check.Verdict.FAIL)
                    .extracting(Check::found).containsExactly(why);
        }
        assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why()).isEqualTo(why
                + "; create it with its owner and mode, then upgrade: the new version makes the socket anew");
        Files.createDirectory(folder);
        chain.assertUpgrades();
        assertThat(Client.get(UnixDomainSocketAddress.of(socket), "/")).contains("generation 1");
        chain.assertUpgrades();
        assertServes(chain.control(), socket, 2);
        chain.assertEnds();
        assertThat(folder).isEmptyDirectory();
    }

    /// The next version is found where the link leads, and the last one leaves nothing where it led.
    @Test
    void belowALinkThatMovesEverythingMovesAlong() throws Exception {
        Chain chain = servers.create();
        Path one = Files.createDirectories(chain.folder().resolve("one/run"));
        Path two = Files.createDirectories(chain.folder().resolve("two/run"));
        Path link = Files.createSymbolicLink(chain.folder().resolve("current"), Path.of("one"));
        Path run = link.resolve("run");
        Launch launch = Launch.program("listen=unix:@/http.sock");
        chain.start(new Launch(words(chain, launch, run), launch.environment()), Path.of("/"));
        assertServes(run.resolve("control.sock"), run.resolve("http.sock"), 0);
        Files.delete(link);
        Files.createSymbolicLink(link, Path.of("two"));
        try (ControlClient client = ControlClient.connect(one.resolve("control.sock"), Await.LIMIT)) {
            assertThat(client.upgrade(progress -> {
            })).isInstanceOf(UpgradeResult.Committed.class);
        }
        Processes.awaitExit(chain.first().pid());
        try (Stream<Path> left = Files.list(one)) {
            assertThat(left).isEmpty();
        }
        assertThat(Client.get(UnixDomainSocketAddress.of(run.resolve("http.sock")), "/")).contains("generation 1");
        try (ControlClient client = ControlClient.connect(run.resolve("control.sock"), Await.LIMIT)) {
            assertThat(two.resolve("server.pid")).hasContent(client.status().pid() + "\n");
            client.stop(progress -> {
            });
        }
        Await.until("no process is left", () -> chain.processes().isEmpty());
        try (Stream<Path> left = Files.list(two)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void relativePathsAreWarnedOf() throws Exception {
        Chain chain = servers.create();
        Launch launch = Launch.program("listen=unix:run/http.sock").replace("folder=@", "folder=run");
        chain.start(launch, chain.folder());
        String end = ", and means " + chain.control() + " in this process only";
        chain.errors().await(0, "the path of the control socket is relative \\(run/control.sock\\)" + end
                + "; give the whole path, outside of the releases");
        chain.errors().await(0, "the path of the PID file is relative \\(run/server.pid\\), and means ");
        chain.errors().await(0, "the path of listener listener-0 is relative, and means ");
        assertThat(chain.status().notes()).filteredOn(note -> note.contains(" is relative")).hasSize(3);
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            assertThat(client.doctor()).filteredOn(check -> check.name().equals("relative path")).hasSize(3)
                    .allMatch(check -> check.verdict() == Check.Verdict.WARN);
        }
        chain.assertUpgradesAndEnds();
    }

    @Test
    void wholePathsAreNotWarnedOf() throws Exception {
        Chain chain = servers.start(Launch.program("listen=unix:@/http.sock"));
        assertThat(chain.status().notes()).noneMatch(note -> note.contains(" is relative"));
        assertThat(chain.errors().find(0, " is relative")).isEmpty();
        chain.assertEnds();
    }
}
