package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a server has in the file system, when somebody else removes it or the new version wants it elsewhere.
@Tag("slow")
class MovedFilesTest {
    @RegisterExtension
    final Servers servers = new Servers();

    /// By what cleans folders up. The next generation can be reached again, and so can those after it.
    @Test
    void socketsWhosePathsWereRemovedAreBoundAnew() throws Exception {
        Chain chain = servers.start(Launch.program("listen=unix:@/http.sock"));
        Files.delete(chain.run().resolve("http.sock"));
        Files.delete(chain.control());
        Processes.signal(chain.first().pid(), Processes.HUP);
        chain.output().await(0, "^result Committed\\[generation=1, ");
        assertThat(chain.status().generation()).isEqualTo(1);
        assertThat(Client.get(chain.address(), "/")).contains("generation 1");
        chain.assertUpgradesAndEnds();
    }

    /// Whoever reads the old one would signal a process that does not serve, or later a stranger.
    @Test
    void thePidFileOfTheOldVersionGoesWithIt() throws Exception {
        Chain chain = servers.start(Launch.program("drain=3600000"));
        Path moved = chain.run().resolve("moved.pid");
        try (Client idle = Client.keptBy(0, chain.address())) {
            long second = chain.startUpgrade(chain.words(Launch.program("pid-file=moved.pid", "drain=3600000")))
                    .await(UpgradeResult.Committed.class).pid();
            chain.awaitDraining(chain.first().pid(), 1);
            assertThat(chain.pidFile()).doesNotExist();
            assertThat(moved).hasContent(second + "\n");
            idle.ask("/", "");
            assertThat(Client.generation(idle.readToEnd())).isZero();
        }
        chain.assertEnds();
    }

    @Test
    void theControlSocketOfTheOldVersionGoesWithIt() throws Exception {
        Chain chain = servers.start(Launch.program());
        chain.startUpgrade(chain.words(Launch.program("control=moved.sock"))).await(UpgradeResult.Committed.class);
        Processes.awaitExit(chain.first().pid());
        assertThat(chain.control()).doesNotExist();
        Path moved = chain.run().resolve("moved.sock");
        assertThat(moved).exists();
        // And back: the path that nobody has any more is free again.
        try (ControlClient client = ControlClient.connect(moved, Await.LIMIT)) {
            assertThat(client.upgrade(chain.words(Launch.program()), progress -> {
            })).isInstanceOf(UpgradeResult.Committed.class);
        }
        chain.assertEnds();
    }

    /// A JVM of the C locale knows ASCII names only; to the kernel they are bytes.
    @Test
    void aFolderThatTheLocaleCannotNameIsNoObstacle() throws Exception {
        Chain chain = servers.create();
        Path folder = Files.createDirectory(chain.folder().resolve("caf\u00e9"));
        chain.start(Launch.program().with("LC_ALL", "C").with("PWD", folder.toString()), folder);
        chain.assertUpgradesAndEnds();
    }

    /// But what is relative would be made in another folder.
    @Test
    void pathsRelativeToAFolderThatTheLocaleCannotNameAreRefused() throws Exception {
        Chain chain = servers.create();
        Path folder = Files.createDirectory(chain.folder().resolve("caf\u00e9"));
        ProcessBuilder builder = new ProcessBuilder(Launch.program().replace("folder=@", "folder=.").command())
                .directory(folder.toFile());
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("PWD", folder.toString());
        Path out = chain.folder().resolve("out");
        builder.redirectErrorStream(true).redirectOutput(out.toFile());
        assertThat(builder.start().waitFor()).isEqualTo(1);
        assertThat(Files.readString(out)).contains("the path of the control socket is relative",
                "start it with LC_ALL=C.UTF-8").doesNotContain("\tat ");
    }
}
