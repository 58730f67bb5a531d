package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A rollback takes several steps, and either side may die or stand still at each. Whoever can serve then does.
@Tag("slow")
class RollbackTest {
    private static final int KILLED = 128 + 9;
    private static final String ILL = "ill";

    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void returnsWhatOnlyOneMayHold() throws Exception {
        Chain chain = start();
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            assertThat(chain.startUpgrade().await(UpgradeResult.RolledBack.class).reason()).contains("is ill");
            assertTakenBack(chain);
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        assertUpgradesAndEnds(chain);
    }

    /// A full disk, say. Then there is none, rather than one that names a dead process, until it can be written.
    @Test
    void leavesNoPidFileThatNamesADeadProcess() throws Exception {
        Chain chain = start();
        long first = chain.first().pid();
        Path inTheWay = Files.createDirectory(chain.run().resolve(".server.pid." + first));
        Path content = Files.createFile(inTheWay.resolve("file"));
        chain.startUpgrade().await(UpgradeResult.RolledBack.class);
        Await.until("the PID file is gone", () -> Files.notExists(chain.pidFile()));
        assertThat(chain.status().notes()).anySatisfy(
                note -> assertThat(note).contains("cannot write the PID file " + chain.pidFile(), "tried again"));
        Files.delete(content);
        Await.until("the PID file names who serves",
                () -> Files.exists(chain.pidFile()) && Files.readString(chain.pidFile()).equals(first + "\n"));
        Await.until("nothing is said of it any more",
                () -> chain.status().notes().stream().noneMatch(note -> note.contains("PID file")));
        assertUpgradesAndEnds(chain);
    }

    @Test
    void goesThroughWhenTheSuccessorIsKilledWhileItLetsGo() throws Exception {
        Chain chain = start();
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Refused refused = refuse(chain, "let-go", traffic);
            Traffic.Held held;
            try (Client _ = refused.kept; Gate letGo = refused.gate) {
                assertThat(letGo.arrived()).isEqualTo(refused.successor);
                Processes.stop(refused.successor);
                held = Traffic.Held.by(refused.successor, chain.address());
                Processes.signal(refused.successor, Processes.KILL);
                UpgradeResult.RolledBack back = refused.upgrading.await(UpgradeResult.RolledBack.class);
                assertThat(back.exitStatus()).hasValue(KILLED);
                assertThat(back.reason()).contains("is ill");
            }
            assertTakenBack(chain);
            traffic.awaitAnswers(10);
            traffic.assertOnlyLost(held);
        }
        assertUpgradesAndEnds(chain);
    }

    /// It is given the time that a step may take, and no more.
    @Test
    void goesThroughWhenTheSuccessorStandsStillWhileItLetsGo() throws Exception {
        Chain chain = start("handover=1500");
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Refused refused = refuse(chain, "let-go", traffic);
            Traffic.Held held;
            try (Client _ = refused.kept; Gate letGo = refused.gate) {
                assertThat(letGo.arrived()).isEqualTo(refused.successor);
                Processes.stop(refused.successor);
                held = Traffic.Held.by(refused.successor, chain.address());
                assertThat(refused.upgrading.await(UpgradeResult.RolledBack.class).exitStatus()).hasValue(KILLED);
            }
            assertTakenBack(chain);
            traffic.awaitAnswers(10);
            traffic.assertOnlyLost(held);
        }
        assertUpgradesAndEnds(chain);
    }

    @Test
    void goesThroughWhenTheSuccessorIsKilledWhileThePredecessorTakesBack() throws Exception {
        Chain chain = start();
        long first = chain.first().pid();
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Refused refused = refuse(chain, "take-back", traffic);
            Traffic.Held held;
            // It drains a connection, or it might be gone by then.
            try (Client kept = refused.kept; Gate takeBack = refused.gate) {
                assertThat(takeBack.arrived()).isEqualTo(first);
                Processes.stop(refused.successor);
                held = Traffic.Held.by(refused.successor, chain.address());
                assertThat(held.connections()).isPositive();
                Processes.signal(refused.successor, Processes.KILL);
                Await.until("the predecessor has noticed", () -> Processes.state(refused.successor).isEmpty());
                assertThat(kept.read()).as("what a lost client reads").isEmpty();
            }
            assertThat(refused.upgrading.await(UpgradeResult.RolledBack.class).exitStatus()).hasValue(KILLED);
            assertTakenBack(chain);
            traffic.awaitAnswers(10);
            traffic.assertOnlyLost(held);
        }
        assertUpgradesAndEnds(chain);
    }

    /// Nobody waits for it: it has let go. It is ended when the time of its drain is over.
    @Test
    void goesThroughWhenTheSuccessorStandsStillWhileThePredecessorTakesBack() throws Exception {
        Chain chain = start("drain=2000");
        long first = chain.first().pid();
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            Refused refused = refuse(chain, "take-back", traffic);
            Traffic.Held held;
            try (Client kept = refused.kept) {
                try (Gate takeBack = refused.gate) {
                    assertThat(takeBack.arrived()).isEqualTo(first);
                    Processes.stop(refused.successor);
                    held = Traffic.Held.by(refused.successor, chain.address());
                }
                assertThat(refused.upgrading.await(UpgradeResult.RolledBack.class).exitStatus()).isEmpty();
                traffic.awaitGeneration(0);
                traffic.awaitAnswers(10);
                assertTakenBack(chain);
                assertThat(kept.read()).as("what a lost client reads").isEmpty();
            }
            traffic.assertOnlyLost(held);
        }
        assertUpgradesAndEnds(chain);
    }

    /// A version that is not wanted is better than none. Its predecessor's end can be seen only a moment after its
    /// connection has ended, and by then there may be nothing left to let go of.
    @Test
    void isOverWhenThePredecessorIsKilledWhileTheSuccessorLetsGo() throws Exception {
        Chain chain = start();
        Refused refused;
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            refused = refuse(chain, "let-go", traffic);
        }
        try (Client _ = refused.kept) {
            try (Gate letGo = refused.gate) {
                assertThat(letGo.arrived()).isEqualTo(refused.successor);
                Processes.stop(refused.successor);
                Processes.signal(chain.first().pid(), Processes.KILL);
                assertThat(chain.first().waitFor()).isEqualTo(KILLED);
                refused.upgrading.awaitLost();
            }
            Processes.signal(refused.successor, Processes.CONT);
            Await.until("the new version serves", () -> Client.get(chain.address(), "/").contains("generation 1"));
            chain.assertServesAlone(refused.successor);
        }
        assertUpgradesAndEnds(chain);
    }

    /// The new version has given everything back by then, and nobody stays who cannot serve.
    @Test
    void endsBothWhenThePredecessorIsKilledWhileItTakesBack() throws Exception {
        Chain chain = start();
        Refused refused;
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            refused = refuse(chain, "take-back", traffic);
        }
        try (Client kept = refused.kept) {
            try (Gate gate = refused.gate) {
                gate.arrived();
                Processes.signal(chain.first().pid(), Processes.KILL);
                assertThat(chain.first().waitFor()).isEqualTo(KILLED);
                refused.upgrading.awaitLost();
            }
            // What it had accepted it finishes.
            Await.until("it drains", () -> {
                kept.ask("/", "");
                String answer = kept.read();
                assertThat(answer).contains("generation 1");
                return answer.contains("Connection: close");
            });
            assertThat(kept.read()).isEmpty();
        }
        Await.until("no process is left", () -> chain.processes().isEmpty());
        assertThat(chain.output().find(0, "^taken back ")).isEmpty();
    }

    /// With a successor that will be ill.
    private Chain start(String... settings) throws Exception {
        String[] all = new String[settings.length + 2];
        System.arraycopy(settings, 0, all, 2, settings.length);
        all[0] = "exclusive=yes";
        all[1] = "ill-file=@/../" + ILL;
        Chain chain = servers.start(Launch.program(all));
        Files.createFile(chain.folder().resolve(ILL));
        return chain;
    }

    /// An upgrade whose successor has served, and says now that it cannot.
    ///
    /// @param kept a connection that the successor has
    /// @param gate where the rollback will be held
    private record Refused(Upgrading upgrading, long successor, Client kept, Gate gate) {
    }

    /// @param traffic all of its requests are answered when the successor says so
    private static Refused refuse(Chain chain, String point, Traffic traffic) throws Exception {
        try (Gate health = chain.hold("health")) {
            Upgrading upgrading = chain.startUpgrade();
            long successor = health.arrived();
            traffic.awaitGeneration(1);
            Client kept = Client.keptBy(1, chain.address());
            return new Refused(upgrading, successor, kept, chain.hold(point));
        }
    }

    private static void assertTakenBack(Chain chain) throws Exception {
        assertThat(chain.output().lines()).filteredOn(line -> line.startsWith("taken back"))
                .containsExactly("taken back pid=" + chain.first().pid());
        chain.assertServesAlone(chain.first().pid());
    }

    private static void assertUpgradesAndEnds(Chain chain) throws Exception {
        Files.delete(chain.folder().resolve(ILL));
        chain.assertUpgradesAndEnds();
    }
}
