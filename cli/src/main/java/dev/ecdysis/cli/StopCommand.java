package dev.ecdysis.cli;

import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;

/// `ecdysis stop`
@Command(name = "stop",
        description = "Stops the server: no new connections, the established ones end by the drain deadline. "
                + "Returns when the process is gone, and the other side of an undecided upgrade with it.%n")
final class StopCommand extends Subcommand {
    private static final String STOP = "the stop";

    StopCommand(Surroundings surroundings) {
        super(surroundings);
    }

    /// What `stop --json` prints when all went well.
    record StopJson(String outcome, long elapsedMillis) {
    }

    @Override
    Report run(Output output) throws ControlException {
        try (ControlClient connection = connect()) {
            long begin = surroundings().nanoTime().getAsLong();
            try (Wait wait = Wait.begin(surroundings(), output, Failures.interrupted(STOP))) {
                connection.stop(wait);
            } catch (ControlException e) {
                return Failures.lost(STOP, e);
            }
            Duration elapsed = Duration.ofNanos(surroundings().nanoTime().getAsLong() - begin);
            return Report.done(List.of(Line.good("Stopped: the process is gone after "
                    + HumanDuration.text(elapsed) + ".")), new StopJson("done", elapsed.toMillis()));
        }
    }
}
