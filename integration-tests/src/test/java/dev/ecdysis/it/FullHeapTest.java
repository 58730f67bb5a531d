package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The application fills the heap for a while, in which nothing can be allocated, and lets go of it again: a moment
/// without memory must end nothing for good.
@Tag("slow")
class FullHeapTest {
    /// Long enough for the back-off of each loop to have come to its longest pause.
    private static final Duration FULL = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofMillis(50);

    @RegisterExtension
    final Servers servers = new Servers();

    private Chain start(String... more) throws Exception {
        String[] settings = new String[more.length + 1];
        settings[0] = "fills-heap=" + FULL.toMillis();
        System.arraycopy(more, 0, settings, 1, more.length);
        Chain chain = servers.start(Launch.program(settings).replace("-Xmx64m", "-Xmx32m"));
        chain.awaitRehearsed();
        return chain;
    }

    private static boolean isFreeAgain(Chain chain) throws IOException {
        return chain.output().find(0, "^the heap is free again ").isPresent();
    }

    /// Comes, asks, and does not wait for long: as many do, again and again.
    private static void comeAndGo(SocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) PATIENCE.toMillis());
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isGreaterThanOrEqualTo(-1);
        } catch (IOException e) {
            // No answer, which is all that can be had of it now.
            assertThat(e).isNotNull();
        }
    }

    private static void comeAndGoToControl(Chain chain) {
        try (ControlClient client = ControlClient.connect(chain.control(), PATIENCE)) {
            client.status();
        } catch (ControlException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    @Test
    void everythingWorksAfterwards() throws Exception {
        Chain chain = start();
        long pid = chain.first().pid();
        int descriptors = Processes.descriptors(pid).size();
        chain.fillHeap(pid);
        while (!isFreeAgain(chain)) {
            comeAndGo(chain.address());
            comeAndGoToControl(chain);
        }
        assertThat(Long.parseLong(chain.output().await(0, "^the heap is free again .* failures=(\\d+)").group(1)))
                .as("allocations that failed").isPositive();
        for (int i = 0; i < 5; i++) {
            assertThat(Client.get(chain.address(), "/")).isNotEmpty();
        }
        Await.until("no connection is left", () -> chain.status().connections() == 0);
        Await.until("no descriptor is left", () -> Processes.descriptors(pid).size() <= descriptors + 1);
        assertThat(chain.status().state()).isEqualTo("running");
        chain.assertUpgradesAndEnds();
    }

    @Test
    void anUpgradeThatIsAskedForMeanwhileHasAnOutcome() throws Exception {
        Chain chain = start();
        chain.fillHeap(chain.first().pid());
        Upgrading upgrading = chain.startUpgrade();
        comeAndGo(chain.address());
        assertThat(upgrading.await()).isNotNull();
        chain.assertUpgradesAndEnds();
    }

    @Test
    void aStopThatIsAskedForMeanwhileTakesEffect() throws Exception {
        Chain chain = start("drain=1000");
        chain.fillHeap(chain.first().pid());
        while (!isFreeAgain(chain) && !chain.processes().isEmpty()) {
            try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
                client.stop(progress -> assertThat(progress).isNotNull());
            } catch (ControlException e) {
                assertThat(String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT)).isNotEmpty();
            }
        }
        chain.assertNothingLeft();
    }

    /// A signal that comes meanwhile may be lost, because the JVM makes an object and a thread for each; one that comes
    /// afterwards must not be.
    @Test
    void aSignalToStopTakesEffectAfterwards() throws Exception {
        Chain chain = start("drain=1000");
        long pid = chain.first().pid();
        chain.fillHeap(pid);
        Processes.signal(pid, Processes.TERM);
        Await.until("the heap is free again, or it has stopped",
                () -> isFreeAgain(chain) || chain.processes().isEmpty());
        if (!chain.processes().isEmpty()) {
            Processes.signal(pid, Processes.TERM);
        }
        chain.assertNothingLeft();
        assertThat(chain.first().exitValue()).isZero();
    }
}
