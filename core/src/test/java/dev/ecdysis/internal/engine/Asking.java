package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.status.ServerState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/// Who asks a [TinyServer] for an upgrade, and hears how it ended.
enum Asking {
    APPLICATION {
        @Override
        UpgradeResult ask(TinyServer server, Path control, Duration limit) throws Exception {
            UpgradeResult told = server.ecdysis.upgrade();
            assertThat(told).isEqualTo(server.awaitResult(limit));
            return told;
        }
    },
    /// A client of the control socket, which makes its calls without faults: those that fail are the server's.
    CLIENT {
        @Override
        UpgradeResult ask(TinyServer server, Path control, Duration limit) throws Exception {
            List<String> before = server.posix.calls();
            try (ControlClient client = ControlClient.connect(control, limit)) {
                UpgradeResult told = client.upgrade(step -> {
                });
                assertThat(told).isEqualTo(server.awaitResult(limit));
                return told;
            } catch (ControlException e) {
                assertThat(server.posix.injected()).as("why the client was lost: " + e).isPresent();
            }
            // As a client should: it cannot assume that nothing happened. Whoever is asked may be a successor that ends.
            Awaitility.await().atMost(limit).ignoreExceptionsInstanceOf(ControlException.class)
                    .until(() -> isDecided(control, limit));
            List<String> all = server.posix.calls();
            if (all.subList(before.size(), all.size()).contains("spawn")) {
                return server.awaitResult(limit);
            }
            assertThat(server.results).as("of an upgrade that never began").isEmpty();
            return ask(server, control, limit);
        }
    };

    abstract UpgradeResult ask(TinyServer server, Path control, Duration limit) throws Exception;

    private static boolean isDecided(Path control, Duration limit) throws ControlException {
        try (ControlClient client = ControlClient.connect(control, limit)) {
            return client.status().state() == ServerState.RUNNING;
        }
    }
}
