package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.status.ServerState;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        assertThat(chain.status().state()).isEqualTo(ServerState.RUNNING);
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
    void anUpgradeThatWasUnderWayHasAnOutcome() throws Exception {
        Chain chain = start();
        Upgrading upgrading;
        try (Gate initialising = chain.hold("initialising")) {
            upgrading = chain.startUpgrade();
            initialising.arrived();
            chain.fillHeap(chain.first().pid());
        }
        comeAndGo(chain.address());
        assertThat(upgrading.await()).isNotNull();
        chain.assertUpgradesAndEnds();
    }

    @Test
    void aRollbackTakesPlaceWhenThereIsMemory() throws Exception {
        Chain chain = start("ill-file=@/../ill");
        Path ill = chain.folder().resolve("ill");
        Upgrading upgrading;
        try (Gate health = chain.hold("health")) {
            upgrading = chain.startUpgrade();
            health.arrived();
            Files.createFile(ill);
            chain.fillHeap(chain.first().pid());
        }
        assertThat(upgrading.await(UpgradeResult.RolledBack.class).reason()).contains("this version is ill");
        Files.delete(ill);
        chain.assertServesAlone(chain.first().pid());
        chain.assertUpgradesAndEnds();
    }

    @Test
    void aSuccessorThatIsOnProbationMeanwhileIsKept() throws Exception {
        Chain chain = start();
        Upgrading upgrading;
        try (Gate health = chain.hold("health")) {
            upgrading = chain.startUpgrade();
            health.arrived();
            chain.fillHeap(chain.successor());
        }
        long pid = upgrading.await(UpgradeResult.Committed.class).pid();
        chain.assertServesAlone(pid);
        chain.assertUpgradesAndEnds();
    }

    /// Its thread ends with an answer each time, and whoever asks afterwards has one.
    @Test
    void aDoctorIsThereAfterwards() throws Exception {
        Chain chain = start();
        long pid = chain.first().pid();
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            assertThat(client.doctor()).isNotEmpty(); // no class of the JDK is new to it meanwhile
        }
        chain.fillHeap(pid);
        while (!isFreeAgain(chain)) {
            try (ControlClient client = ControlClient.connect(chain.control(), PATIENCE)) {
                assertThat(client.doctor()).isNotEmpty();
            } catch (ControlException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        try (ControlClient client = ControlClient.connect(chain.control(), Await.LIMIT)) {
            assertThat(client.doctor()).isNotEmpty();
        }
        Await.until("no doctor is left",
                () -> Processes.threads(pid).stream().noneMatch(name -> name.startsWith("ecdysis-doctor")));
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
        assertThat(chain.first().waitFor()).isZero();
    }
}
