package dev.ecdysis.internal.announce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.internal.engine.EngineBuilder;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.OwnProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was done to a process, and by whom, is in its flight recording.
class FlightRecordTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void namesWhoAskedForAnUpgradeAndForAStopAndHowItEnded() throws Exception {
        Path control = folder.resolve("folder").resolve("control.sock");
        try (Recording recording = new Recording()) {
            recording.enable(UpgradeEvent.class);
            recording.enable(StopEvent.class);
            recording.start();
            try (Ecdysis ecdysis = new EngineBuilder(LinuxPosix::open).controlSocket(control)
                    .command(List.of("/bin/false")).start()) {
                ecdysis.ready();
                try (ControlClient client = ControlClient.connect(control, LONG)) {
                    assertThat(client.upgrade(progress -> {
                        // how far it comes does not matter
                    })).isInstanceOf(UpgradeResult.Failed.class);
                }
                assertThat(ecdysis.upgrade(LONG)).isInstanceOf(UpgradeResult.Failed.class);
                ecdysis.stop();
                ecdysis.awaitExit();
                assertThat(ecdysis.upgrade(LONG)).isInstanceOf(UpgradeResult.Refused.class);
            }
            recording.stop();
            List<RecordedEvent> events = events(recording);
            assertThat(events).extracting(event -> event.getEventType().getName()).containsExactly(
                    "dev.ecdysis.Upgrade", "dev.ecdysis.Upgrade", "dev.ecdysis.Stop", "dev.ecdysis.Upgrade");
            assertThat(events).extracting(event -> event.getString("askedBy")).containsExactly(
                    "process " + OwnProcess.pid() + " of user " + LinuxPosix.open().geteuid(), "the application",
                    "the application", "the application");
            RecordedEvent failed = events.getFirst();
            assertThat(failed.getString("outcome")).isEqualTo("failed");
            assertThat(failed.getString("reason")).contains("the new process");
            assertThat(failed.getInt("generation")).isEqualTo(1);
            assertThat(events.getLast().getString("outcome")).isEqualTo("refused");
        }
    }

    private List<RecordedEvent> events(Recording recording) throws IOException {
        Path file = folder.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .sorted((one, other) -> one.getStartTime().compareTo(other.getStartTime())).toList();
    }
}
