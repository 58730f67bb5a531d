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
import java.util.ArrayList;
import java.util.List;
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
    private static final int TRIES = 3;
    /// Virtual threads that are bound to one of the system each. Others are lost for ever at times when the JDK has no
    /// memory to go on with them, and the connection that they serve with them, which is not what is tried here.
    private static final List<String> BOUND_THREADS = List.of("-XX:+UnlockExperimentalVMOptions",
            "-XX:-VMContinuations");

    @RegisterExtension
    final Servers servers = new Servers();

    private Chain start(String... more) throws Exception {
        String[] settings = new String[more.length + 1];
        settings[0] = "fills-heap=" + FULL.toMillis();
        System.arraycopy(more, 0, settings, 1, more.length);
        Launch plain = Launch.program(settings).replace("-Xmx64m", "-Xmx32m");
        List<String> command = new ArrayList<>(plain.command());
        command.addAll(1, BOUND_THREADS);
        Chain chain = servers.start(new Launch(command, plain.environment()));
        chain.awaitRehearsed();
        return chain;
    }

    /// What is to hold of a server, which is tried with another one when the JDK's own thread did not survive: nobody
    /// wakes up then who waits for a request.
    private interface Trial {
        void on(Chain chain) throws Exception;
    }

    private void attempt(Trial trial, String... settings) throws Exception {
        for (int tries = 1;; tries++) {
            Chain chain = start(settings);
            try {
                trial.on(chain);
                return;
            } catch (Throwable e) {
                if (tries == TRIES || chain.output().find(0, "pollers-lost=[1-9]").isEmpty()) {
                    throw e;
                }
                System.out.println("a thread of the JDK's has ended for want of memory; once more, after " + e);
                chain.end();
            }
        }
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
        attempt(this::works);
    }

    private void works(Chain chain) throws Exception {
        long pid = chain.first().pid();
        List<String> before = Processes.descriptors(pid);
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
        // The JDK loses the descriptor of whoever accepts or closes in the very moment in which the memory ends, which may
        // be one on each processor; of those that come later, none. Its pollers have no sockets.
        int most = 1 + Runtime.getRuntime().availableProcessors();
        Await.untilAtMost(most, "no connection's descriptor is left", () -> Processes.openedSince(pid, before).stream()
                .filter(target -> target.startsWith("socket:")).toList());
        assertThat(chain.status().state()).isEqualTo(ServerState.RUNNING);
        chain.assertUpgradesAndEnds();
    }

    @Test
    void anUpgradeThatIsAskedForMeanwhileHasAnOutcome() throws Exception {
        attempt(this::upgradesMeanwhile);
    }

    private void upgradesMeanwhile(Chain chain) throws Exception {
        chain.fillHeap(chain.first().pid());
        Upgrading upgrading = chain.startUpgrade();
        comeAndGo(chain.address());
        assertThat(upgrading.await()).isNotNull();
        chain.assertUpgradesAndEnds();
    }

    @Test
    void anUpgradeThatWasUnderWayHasAnOutcome() throws Exception {
        attempt(this::fillsWhileItInitialises);
    }

    private void fillsWhileItInitialises(Chain chain) throws Exception {
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
        attempt(this::rollsBack, "ill-file=@/../ill");
    }

    private void rollsBack(Chain chain) throws Exception {
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
        attempt(this::fillsTheSuccessors);
    }

    private void fillsTheSuccessors(Chain chain) throws Exception {
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
        attempt(this::examines);
    }

    private void examines(Chain chain) throws Exception {
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
