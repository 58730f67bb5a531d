package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.ServerState;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// No old code runs for ever, and no more generations drain at once than were allowed to.
@Tag("slow")
class OverstayingProcessTest {
    @RegisterExtension
    final Servers servers = new Servers();

    @Test
    void isKilledByTheNewestGeneration() throws Exception {
        Chain chain = servers.create();
        Path hang = chain.folder().resolve("hang");
        Files.createFile(hang);
        chain.start(Launch.program("drain=100", "hang-file=@/../hang"), Path.of("/"));
        long second = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
        // Both have done all they had to do, and their threads hang.
        Files.delete(hang);
        long newest = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
        assertThat(chain.processes()).contains(newest);
        assertThat(chain.first().waitFor()).as("exit status of generation 0").isEqualTo(128 + 9);
        chain.assertServesAlone(newest);
        assertThat(chain.errors().lines()).anyMatch(line -> line.contains("process " + second)
                && line.contains("overstays its time: killed"));
        chain.assertUpgradesAndEnds();
    }

    @Test
    void holdsBackFurtherUpgradesAtTheCap() throws Exception {
        Chain chain = servers.start(Launch.program("most-draining=1"));
        long first = chain.first().pid();
        long second;
        int mark;
        try (Client idle = Client.connect(chain.address())) {
            idle.ask("/", "");
            assertThat(idle.read()).contains("generation 0");
            second = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
            assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                    .contains(Long.toString(first));

            mark = chain.output().mark();
            Processes.signal(second, Processes.HUP);
            // A request that was sent after the signal was received is answered before anything that waits.
            chain.errors().await(0, "SIGHUP: remembered until one of the processes that drain has ended$");
            assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                    .contains(Long.toString(first));
            assertThat(chain.status().state()).isEqualTo(ServerState.RUNNING);
        }
        long third = Long.parseLong(
                chain.output().await(mark, "^result Committed\\[generation=2, pid=(\\d+)").group(1));
        chain.assertServesAlone(third);
        assertThat(chain.status().generation()).isEqualTo(2);
        chain.assertUpgradesAndEnds();
    }

    /// One that was rolled back serves what it had accepted, and needs as much memory.
    @Test
    void countsVersionsThatWereNotKept() throws Exception {
        Chain chain = servers.start(Launch.program("most-draining=1", "drain=3600000", "ill-file=@/../ill"));
        Path ill = chain.run().resolveSibling("ill");
        Upgrading upgrading;
        try (Gate health = chain.hold("health")) {
            upgrading = chain.startUpgrade();
            long notKept = health.arrived();
            try (Client idle = Client.keptBy(1, chain.address())) {
                Files.createFile(ill);
                health.open();
                upgrading.await(UpgradeResult.RolledBack.class);
                Files.delete(ill);
                assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                        .contains(Long.toString(notKept));
                idle.ask("/", "");
                assertThat(Client.generation(idle.readToEnd())).isEqualTo(1);
            }
            Processes.awaitExit(notKept);
        }
        chain.assertUpgradesAndEnds();
    }

    @Test
    void endsWithTheServer() throws Exception {
        Chain chain = servers.start(Launch.program("drain=3600000"));
        try (Client idle = Client.keptBy(0, chain.address())) {
            long second = chain.startUpgrade().await(UpgradeResult.Committed.class).pid();
            chain.awaitDraining(chain.first().pid(), 1);
            Processes.signal(second, Processes.TERM);
            chain.output().await(0, "^phase DRAINING generation=1 ");
            // Not before: the older one's connection may go on as long as its deadline lets it.
            idle.ask("/", "");
            assertThat(Client.generation(idle.readToEnd())).isZero();
            Processes.awaitExit(second);
        }
        chain.assertNothingLeft();
    }
}
