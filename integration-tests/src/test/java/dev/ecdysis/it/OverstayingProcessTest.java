package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
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
            chain.errors().await(0, "SIGHUP: upgrading");
            assertThat(chain.startUpgrade().await(UpgradeResult.Refused.class).why())
                    .contains(Long.toString(first));
            assertThat(chain.status().state()).isEqualTo("running");
        }
        long third = Long.parseLong(
                chain.output().await(mark, "^result Committed\\[generation=2, pid=(\\d+)").group(1));
        chain.assertServesAlone(third);
        assertThat(chain.status().generation()).isEqualTo(2);
        chain.assertUpgradesAndEnds();
    }
}
