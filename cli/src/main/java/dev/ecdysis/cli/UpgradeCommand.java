package dev.ecdysis.cli;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.UpgradeResult.Committed;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ecdysis upgrade`
@Command(name = "upgrade",
        customSynopsis = "ecdysis upgrade [OPTIONS] [-- PROGRAM [ARGUMENT...]]",
        description = "Replaces the running process with a new one and waits for the outcome. Ends with 0 "
                + "only when the new process serves and was kept.%n")
final class UpgradeCommand extends Subcommand {
    private static final String UPGRADE = "the upgrade";
    private static final String END_OF_OPTIONS = "--";

    @Option(names = "--wait-drain", description = "After a commit, also wait until the old process is gone.")
    private boolean waitDrain;

    // Not final: picocli puts in another list.
    @Parameters(paramLabel = "PROGRAM [ARGUMENT...]", arity = "0..*",
            description = "After --: starts the new process with these words instead of those that the server knows. "
                    + "Paths are relative to the server's working directory. Kept for later upgrades once it is "
                    + "committed.")
    private List<String> command = new ArrayList<>();

    UpgradeCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    Report run(Output output) throws ControlException {
        checkCommand();
        try (ControlClient connection = connect()) {
            UpgradeResult result;
            try (Wait wait = Wait.begin(surroundings(), output, Failures.interrupted(UPGRADE))) {
                result = command.isEmpty() ? connection.upgrade(wait) : connection.upgrade(command, wait);
            } catch (ControlException e) {
                return Failures.lost(UPGRADE, e);
            } catch (IllegalArgumentException e) {
                throw usage(String.valueOf(e.getMessage()));
            }
            Report report = UpgradeReport.of(result, standingAfter(result, connection));
            if (waitDrain && result instanceof Committed committed) {
                output.sayNow(report.result());
                return awaitDrained(connection, output, committed);
            }
            return report;
        }
    }

    /// Most upgrades that fail leave the old process serving, but a stop ends both, and no outcome tells whether there
    /// was one: the process that was asked is asked once more. After a commit nobody needs to.
    private static Standing standingAfter(UpgradeResult result, ControlClient connection) {
        if (result instanceof Committed) {
            return Standing.SERVES;
        }
        try {
            return Standing.of(connection.status());
        } catch (ControlException _) {
            return Standing.NOT_KNOWN;
        }
    }

    /// A word that was meant for an option must not be started as a program.
    private void checkCommand() {
        List<String> typed = commandLine().getParseResult().originalArgs();
        int end = typed.indexOf(END_OF_OPTIONS);
        int after = end < 0 ? 0 : typed.size() - end - 1;
        if (command.size() > after) {
            throw usage("unexpected '" + command.getFirst() + "': a program to start comes after " + END_OF_OPTIONS);
        }
        if (end >= 0 && (command.isEmpty() || command.getFirst().isEmpty())) {
            throw usage("no program after " + END_OF_OPTIONS + ": name what is to be started, or leave "
                    + END_OF_OPTIONS + " out");
        }
    }

    private Report awaitDrained(ControlClient connection, Output output, Committed committed) {
        Report interrupted = UpgradeReport.notSeenDrained(committed, "no longer waiting; its drain goes on");
        try (Wait wait = Wait.begin(surroundings(), output, interrupted)) {
            connection.awaitDrained(wait);
            return UpgradeReport.drained(committed);
        } catch (ControlException e) {
            return UpgradeReport.notSeenDrained(committed, String.valueOf(e.getMessage()));
        }
    }
}
