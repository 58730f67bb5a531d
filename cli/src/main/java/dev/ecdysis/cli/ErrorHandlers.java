package dev.ecdysis.cli;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Reports what picocli catches in our own way. The command line may not have been understood, so whether
/// JSON is wanted is read from the raw arguments.
final class ErrorHandlers {
    private final Surroundings surroundings;

    ErrorHandlers(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    int usage(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        Report report = Failures.usage(String.valueOf(failure.getMessage()),
                command.getCommandSpec().qualifiedName());
        new Output(surroundings, wantsJson(arguments)).finish(report);
        UnmatchedArgumentException.printSuggestions(failure, surroundings.err().writer());
        surroundings.err().writer().flush();
        return report.exitCode().status();
    }

    /// Our own subcommands catch everything themselves; this is for those that others add.
    int unexpected(Exception failure, CommandLine command, @Nullable ParseResult parsed) {
        boolean json = parsed != null && wantsJson(parsed.originalArgs().toArray(String[]::new));
        Report report = Failures.unexpected(failure, surroundings.debug());
        new Output(surroundings, json).finish(report);
        return report.exitCode().status();
    }

    private static boolean wantsJson(String[] arguments) {
        return Arrays.stream(arguments).takeWhile(argument -> !argument.equals("--"))
                .anyMatch(argument -> argument.equals("--json") || argument.equalsIgnoreCase("--json=true"));
    }
}
