package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.scheduling.CompilerThreads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The compilers of a successor get the processor time that nobody else wants, until it serves. They never stay so.
@Tag("slow")
class LowPriorityBootTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void untilItServes() throws Exception {
        Chain chain = startWhereTheWayBackIsOpen();
        Set<Integer> usual = Processes.niceValues(chain.first().pid());
        long successor;
        Upgrading upgrading;
        try (Gate gate = chain.hold("initialising")) {
            upgrading = chain.startUpgrade();
            successor = gate.arrived();
            Await.until("its compilers are low", () -> compilers(successor).equals(Set.of(Linux.SCHED_IDLE)));
            assertThat(others(successor)).containsExactly(Linux.SCHED_OTHER);
        }
        upgrading.await(UpgradeResult.Committed.class);
        assertThat(compilers(successor)).containsExactly(Linux.SCHED_OTHER);
        assertThat(Processes.niceValues(successor)).as("what was urgent at the cutover is not any more")
                .isEqualTo(usual);
        chain.assertServesAlone(successor);
        chain.assertUpgradesAndEnds();
    }

    @Test
    void noLongerThanTheLimit() throws Exception {
        Chain chain = startWhereTheWayBackIsOpen("low-priority-boot=1500");
        Upgrading upgrading;
        try (Gate gate = chain.hold("initialising")) {
            upgrading = chain.startUpgrade();
            Await.until("there is a successor", () -> chain.processes().size() == 2);
            long successor = chain.successor();
            Await.until("its compilers are low", () -> compilers(successor).equals(Set.of(Linux.SCHED_IDLE)));
            assertThat(gate.arrived()).isEqualTo(successor);
            Await.until("they are raised", () -> compilers(successor).equals(Set.of(Linux.SCHED_OTHER)));
        }
        upgrading.await(UpgradeResult.Committed.class);
        chain.assertUpgradesAndEnds();
    }

    @Test
    void unlessThePredecessorDies() throws Exception {
        Chain chain = startWhereTheWayBackIsOpen();
        long successor;
        try (Gate gate = chain.hold("initialising")) {
            Upgrading upgrading = chain.startUpgrade();
            successor = gate.arrived();
            Await.until("its compilers are low", () -> compilers(successor).equals(Set.of(Linux.SCHED_IDLE)));
            Processes.signal(chain.first().pid(), Processes.KILL);
            Await.until("they are raised", () -> compilers(successor).equals(Set.of(Linux.SCHED_OTHER)));
            upgrading.awaitLost();
        }
        chain.output().await(0, "^serving generation=1");
        chain.assertServesAlone(successor);
        chain.assertUpgradesAndEnds();
    }

    @Test
    void notWhereTheWayBackIsClosed() throws Exception {
        Launch launch = Launch.program();
        if (LinuxPosix.open().geteuid() == 0) {
            List<String> command = new ArrayList<>(
                    List.of("setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice"));
            command.addAll(launch.command());
            launch = new Launch(command, launch.environment());
        }
        Chain chain = servers.start(launch);
        long successor;
        Upgrading upgrading;
        try (Gate gate = chain.hold("initialising")) {
            upgrading = chain.startUpgrade();
            successor = gate.arrived();
            assertThat(compilers(successor)).containsExactly(Linux.SCHED_OTHER);
        }
        upgrading.await(UpgradeResult.Committed.class);
        chain.assertUpgradesAndEnds();
    }

    private Chain startWhereTheWayBackIsOpen(String... settings) throws Exception {
        String obstacle = CompilerThreads.obstacle(LinuxPosix.open()).orElse("");
        assumeTrue(obstacle.isEmpty(), "SKIPPED, boots are at normal priority here: " + obstacle);
        return servers.start(Launch.program(settings));
    }

    private static Set<Integer> compilers(long pid) throws IOException {
        return Processes.policies(pid, name -> name.contains("Compiler"));
    }

    private static Set<Integer> others(long pid) throws IOException {
        return Processes.policies(pid, name -> !name.contains("Compiler"));
    }
}
