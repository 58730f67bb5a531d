package dev.ecdysis.cli;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.UpgradeResult.Committed;
import dev.ecdysis.client.ControlException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `ecdysis upgrade`
@Command(name = "upgrade",
        description = "Replaces the running process with a new one and waits for the outcome. Ends with 0 "
                + "only when the new process serves and was kept.%n")
final class UpgradeCommand extends Subcommand {
    private static final String UPGRADE = "the upgrade";

    @Option(names = "--wait-drain", description = "After a commit, also wait until the old process is gone.")
    private boolean waitDrain;

    UpgradeCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    Report run(Output output) throws ControlException {
        try (ControlConnection connection = connect()) {
            UpgradeResult result;
            try (Wait wait = Wait.begin(surroundings(), output, Failures.interrupted(UPGRADE))) {
                result = connection.upgrade(wait);
            } catch (ControlException e) {
                return Failures.lost(UPGRADE, e);
            }
            Report report = UpgradeReport.of(result);
            if (waitDrain && result instanceof Committed committed) {
                output.sayNow(report.result());
                return awaitDrained(connection, output, committed);
            }
            return report;
        }
    }

    private Report awaitDrained(ControlConnection connection, Output output, Committed committed) {
        Report interrupted = UpgradeReport.notSeenDrained(committed, "no longer waiting; its drain goes on");
        try (Wait wait = Wait.begin(surroundings(), output, interrupted)) {
            connection.awaitDrained(wait);
            return UpgradeReport.drained(committed);
        } catch (ControlException e) {
            return UpgradeReport.notSeenDrained(committed, String.valueOf(e.getMessage()));
        }
    }
}
