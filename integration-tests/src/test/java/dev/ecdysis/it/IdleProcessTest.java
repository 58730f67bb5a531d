package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.UpgradeStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A predecessor that waits costs nothing, although the socket that it still holds is busy: a selector that
/// kept an interest in it, or an epoll registration that was forgotten, would use a whole core.
@Tag("slow")
class IdleProcessTest {
    private static final Duration WATCHED = Duration.ofSeconds(3);
    /// A selector that spins uses all that it gets, which shows sooner.
    private static final Duration GLANCE = Duration.ofSeconds(2);
    /// In a second: beats come and progress is told, some ten times.
    private static final double MOST_WAKES = 30;
    /// Of one core, in percent, because whoever spins never sleeps: ticks are hundredths of a second.
    private static final double MOST_PERCENT = 10;
    private static final int WAITING = 50;
    private static final Duration REST = Duration.ofMillis(200);

    @RegisterExtension
    final Servers servers = new Servers();

    private final List<Client> waiting = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (Client client : waiting) {
            client.close();
        }
    }

    /// Nothing happens, so nobody wakes up.
    @Test
    void sleepsWhileNobodyAsksForAnything() throws Exception {
        Chain chain = servers.start(Launch.program());
        long pid = chain.first().pid();
        chain.awaitRehearsed();
        awaitRest(pid);
        // The answer to the last question may have been under way.
        assertThat(watch(pid, GLANCE).wakes() * GLANCE.toSeconds()).as("wakes").isLessThan(1);
        chain.assertEnds();
    }

    @Test
    void usesNoProcessorWhileItsSuccessorServes() throws Exception {
        // Several beats arrive while it is watched, and probation is not over then.
        Chain chain = servers.start(Launch.program("probation=" + WATCHED.multipliedBy(3).toMillis(), "silence=4000"));
        long first = chain.first().pid();
        try (Client idle = Client.keptBy(0, chain.address());
                Traffic traffic = Traffic.ofNewConnectionsTo(chain.address())) {
            traffic.awaitGeneration(0);
            chain.awaitRehearsed();
            Upgrading upgrading = chain.startUpgrade();
            traffic.awaitGeneration(1);
            awaitRest(first);
            Doings onProbation = watch(first, WATCHED);
            assertThat(chain.status().upgrade()).map(UpgradeStatus::phase).contains(Phase.PROBATION);
            onProbation.assertOnlyEvents("on probation");

            long successor = upgrading.await(UpgradeResult.Committed.class).pid();
            // Its listeners are closed and its drain is under way: what it has to do for that is done.
            chain.awaitDraining(first, 1);
            awaitRest(first);
            watch(first, WATCHED).assertOnlyEvents("while it drains");
            assertThat(chain.status().draining()).hasSize(1);
            end(idle);
            chain.assertServesAlone(successor);
            traffic.assertNothingLost();
        }
        chain.assertUpgradesAndEnds();
    }

    /// The queue of a successor that serves is empty most of the time, and then a forgotten registration is silent.
    @Test
    void usesNoProcessorWhileConnectionsWaitForItsSuccessor() throws Exception {
        Chain chain = servers.start(Launch.program());
        long first = chain.first().pid();
        try (Client idle = Client.keptBy(0, chain.address())) {
            chain.awaitRehearsed();
            Upgrading upgrading;
            try (Gate health = chain.hold("health")) {
                upgrading = chain.startUpgrade();
                health.arrived();
                whileConnectionsWait(chain).assertOnlyEvents("on probation");
                assertThat(chain.status().upgrade()).map(UpgradeStatus::phase).contains(Phase.PROBATION);
            }
            long successor = upgrading.await(UpgradeResult.Committed.class).pid();
            chain.awaitDraining(first, 1);
            whileConnectionsWait(chain).assertOnlyEvents("while it drains");
            assertThat(Processes.isAlive(first)).isTrue();
            end(idle);
            chain.assertServesAlone(successor);
        }
        chain.assertEnds();
    }

    /// The last answer says that it is the last.
    private static void end(Client idle) throws IOException {
        idle.ask("/", "");
        assertThat(idle.readToEnd()).contains("Connection: close").contains("generation 0");
    }

    /// What generation 0 uses while its successor, which would accept them, stands still.
    private Doings whileConnectionsWait(Chain chain) throws Exception {
        long successor = chain.successor();
        Processes.stop(successor);
        for (int i = 0; i < WAITING; i++) {
            Client client = Client.connect(chain.address());
            waiting.add(client);
            client.ask("/", "Connection: close\r\n");
        }
        awaitRest(chain.first().pid());
        Doings doings = watch(chain.first().pid(), GLANCE);
        Processes.signal(successor, Processes.CONT);
        for (Client client : waiting) {
            assertThat(client.readToEnd()).contains("generation 1");
            client.close();
        }
        waiting.clear();
        return doings;
    }

    /// What was begun is finished first. Whoever spins does not come to rest.
    private static void awaitRest(long pid) throws Exception {
        AtomicLong last = new AtomicLong(Processes.cpuTicks(pid, IdleProcessTest::isOurs));
        AtomicLong accepting = new AtomicLong(Processes.wakes(pid, IdleProcessTest::accepts));
        Await.until("process " + pid + " comes to rest", () -> {
            Thread.sleep(REST);
            long ticks = Processes.cpuTicks(pid, IdleProcessTest::isOurs);
            long wakes = Processes.wakes(pid, IdleProcessTest::accepts);
            long before = accepting.getAndSet(wakes);
            return ticks - last.getAndSet(ticks) <= 1 && wakes == before;
        });
    }

    /// What the library's threads do meanwhile. HotSpot's own and the program's do as they like, and so do other
    /// processes: none of them makes a thread that waits wake up or use the processor.
    private static Doings watch(long pid, Duration watched) throws InterruptedException {
        long accepts = Processes.wakes(pid, IdleProcessTest::accepts);
        long wakes = Processes.wakes(pid, IdleProcessTest::isOurs);
        long ticks = Processes.cpuTicks(pid, IdleProcessTest::isOurs);
        long began = System.nanoTime();
        Thread.sleep(watched);
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Doings(Processes.wakes(pid, IdleProcessTest::accepts) - accepts,
                (Processes.wakes(pid, IdleProcessTest::isOurs) - wakes) / seconds,
                (Processes.cpuTicks(pid, IdleProcessTest::isOurs) - ticks) / seconds);
    }

    private static boolean isOurs(String thread) {
        return thread.startsWith("ecdysis");
    }

    private static boolean accepts(String thread) {
        return thread.startsWith("ecdysis-accept");
    }

    /// @param accepts how often an acceptor woke up
    /// @param wakes of all threads, in a second
    /// @param percent of one core
    private record Doings(long accepts, double wakes, double percent) {
        void assertOnlyEvents(String when) {
            assertThat(accepts).as("wakes of acceptors " + when + ": " + this).isZero();
            assertThat(wakes).as("wakes " + when + ": " + this).isLessThan(MOST_WAKES);
            assertThat(percent).as("processor time " + when + ": " + this).isLessThan(MOST_PERCENT);
        }
    }
}
