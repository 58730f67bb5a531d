package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
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
    /// Of one core, in percent: ticks are hundredths of a second.
    private static final double MOST_PERCENT = 2;
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
            double onProbation = percent(first, WATCHED);
            assertThat(chain.status().state()).isEqualTo("probation");
            assertThat(onProbation).as("on probation").isLessThan(MOST_PERCENT);

            long successor = upgrading.await(UpgradeResult.Committed.class).pid();
            // Its listeners are closed and its drain is under way: what it has to do for that is done.
            chain.awaitDraining(first, 1);
            awaitRest(first);
            assertThat(percent(first, WATCHED)).as("while it drains").isLessThan(MOST_PERCENT);
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
                assertThat(percentWhileConnectionsWait(chain)).as("on probation").isLessThan(MOST_PERCENT);
                assertThat(chain.status().state()).isEqualTo("probation");
            }
            long successor = upgrading.await(UpgradeResult.Committed.class).pid();
            chain.awaitDraining(first, 1);
            assertThat(percentWhileConnectionsWait(chain)).as("while it drains").isLessThan(MOST_PERCENT);
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
    private double percentWhileConnectionsWait(Chain chain) throws Exception {
        long successor = chain.successor();
        Processes.stop(successor);
        for (int i = 0; i < WAITING; i++) {
            Client client = Client.connect(chain.address());
            waiting.add(client);
            client.ask("/", "Connection: close\r\n");
        }
        awaitRest(chain.first().pid());
        double percent = percent(chain.first().pid(), GLANCE);
        Processes.signal(successor, Processes.CONT);
        for (Client client : waiting) {
            assertThat(client.readToEnd()).contains("generation 1");
            client.close();
        }
        waiting.clear();
        return percent;
    }

    /// Its compilers finish what they have begun, which is no waiting. Whoever spins does not come to rest.
    private static void awaitRest(long pid) throws Exception {
        AtomicLong ticks = new AtomicLong(Processes.cpuTicks(pid));
        Await.until("process " + pid + " comes to rest", () -> {
            Thread.sleep(REST);
            long now = Processes.cpuTicks(pid);
            return now - ticks.getAndSet(now) <= 1;
        });
    }

    private static double percent(long pid, Duration watched) throws InterruptedException {
        long ticks = Processes.cpuTicks(pid);
        long began = System.nanoTime();
        Thread.sleep(watched);
        double seconds = (System.nanoTime() - began) / 1e9;
        return (Processes.cpuTicks(pid) - ticks) / seconds;
    }
}
