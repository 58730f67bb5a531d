package dev.ecdysis.cli;

import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.status.ServerStatus;
import picocli.CommandLine.Command;

/// `ecdysis status`
@Command(name = "status",
        description = "Shows what serves: generation, listeners, connections, and older generations that "
                + "still drain.%n")
final class StatusCommand extends Subcommand {
    StatusCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    Report run(Output output) throws ControlException {
        try (ControlClient connection = connect()) {
            ServerStatus status = connection.status();
            return Report.done(StatusText.lines(status), StatusJson.of(status));
        }
    }
}
