package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.UpgradeResult;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A server whose clients hold all the descriptors that it may have.
@Tag("slow")
class NoDescriptorsTest {
    private static final String PRLIMIT = "/usr/bin/prlimit";
    private static final int AT_ONCE = 10;
    private static final String NOTE = "no file descriptor is left (EMFILE)";

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void isAskedAndToldWhatIsWrongAndGoesOnAfterwards() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(PRLIMIT)), "needs " + PRLIMIT);
        List<String> command = new ArrayList<>(List.of(PRLIMIT, "--nofile=150:150"));
        command.addAll(Launch.program().command());
        Chain chain = servers.start(new Launch(command, Map.of()));
        List<SocketChannel> clients = new ArrayList<>();
        try {
            Await.until("all descriptors are taken", () -> {
                for (int i = 0; i < AT_ONCE; i++) {
                    clients.add(SocketChannel.open(chain.address()));
                }
                return isOut(chain);
            });
            assertThat(chain.upgrade()).isInstanceOfAny(UpgradeResult.Refused.class, UpgradeResult.Failed.class)
                    .asString().containsIgnoringCase("too many open files");
            assertThat(isOut(chain)).as("answered once more").isTrue();
        } finally {
            closeAll(clients);
        }
        Await.until("there are descriptors again", () -> !isOut(chain));
        chain.assertUpgradesAndEnds();
    }

    private static boolean isOut(Chain chain) throws IOException {
        return chain.status().notes().stream().anyMatch(note -> note.contains(NOTE));
    }

    private static void closeAll(List<SocketChannel> clients) throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
    }
}
