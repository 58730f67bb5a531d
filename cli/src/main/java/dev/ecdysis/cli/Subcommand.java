package dev.ecdysis.cli;

import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// What those share that speak with a server: the options, the way to the server, and that every end becomes one [Report].
@Command(exitCodeListHeading = ExitCode.HEADING)
abstract class Subcommand extends BaseCommand {
    static final String CONTROL_VARIABLE = "ECDYSIS_CONTROL";

    @Option(names = "--control", paramLabel = "PATH",
            description = "The server's control socket. Default: the environment variable " + CONTROL_VARIABLE
                    + ".")
    private @Nullable String control;

    @Option(names = "--timeout", paramLabel = "DURATION", converter = DurationConverter.class,
            defaultValue = "5s",
            description = "How long to wait for the server to answer, such as 500ms or 5s; not a limit on what "
                    + "it does then. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofSeconds(5);

    @Option(names = "--allow-uid", paramLabel = "UID", converter = UserIdConverter.class,
            description = "Talk to a server of this user too, wherever its socket lies; may be given several times. "
                    + "Default: your own, root, and the owner of the socket's folder, if nobody else could have put "
                    + "another folder there.")
    private Set<Integer> allowedUsers = Set.of();

    @Option(names = "--json",
            description = "Print exactly one JSON object on standard output and nothing else; "
                    + "progress and errors in words go to standard error.")
    private boolean json;

    Subcommand(Surroundings surroundings) {
        super(surroundings);
    }

    static List<Subcommand> all(Surroundings surroundings) {
        return List.of(new UpgradeCommand(surroundings), new StatusCommand(surroundings),
                new StopCommand(surroundings), new DoctorCommand(surroundings));
    }

    /// Does the work.
    ///
    /// @throws ControlException when the server could not be reached, or was lost while nothing was being
    ///        changed
    abstract Report run(Output output) throws ControlException;

    @Override
    public final Integer call() {
        Output output = new Output(surroundings(), json);
        Report report = runAndCatch(output);
        output.finish(report);
        return report.exitCode().status();
    }

    private Report runAndCatch(Output output) {
        try {
            return run(output);
        } catch (ParameterException e) {
            throw e;
        } catch (ControlException e) {
            return Failures.of(e);
        } catch (RuntimeException | LinkageError e) {
            return Failures.unexpected(e, surroundings().debug());
        }
    }

    final ControlClient connect() throws ControlException {
        Path path = controlPath();
        if (path == null) {
            throw usage("no control socket: give --control PATH, or set the environment variable "
                    + CONTROL_VARIABLE);
        }
        return connect(path);
    }

    final ControlClient connect(Path path) throws ControlException {
        try {
            return surroundings().connector().connect(path, timeout, allowedUsers);
        } catch (ControlException e) {
            if (e.reason() == ControlException.Reason.UNREACHABLE) {
                throw new ControlException(e.reason(), UnreachableSocket.explain(path, e), e);
            }
            throw e;
        }
    }

    /// The control socket that was named, or null when none was; an empty variable counts as none.
    final @Nullable Path controlPath() {
        String named = control;
        if (named == null) {
            String variable = surroundings().environment().getOrDefault(CONTROL_VARIABLE, "");
            return variable.isEmpty() ? null : path(variable);
        }
        if (named.isEmpty()) {
            throw usage("--control is empty: give a PATH, or leave it out and set the environment variable "
                    + CONTROL_VARIABLE);
        }
        return path(named);
    }

    private Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw usage("not a path: " + e.getMessage());
        }
    }
}
