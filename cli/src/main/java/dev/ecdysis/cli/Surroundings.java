package dev.ecdysis.cli;

import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.client.Doctor;
import dev.ecdysis.status.Check;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// All that a command sees of the world outside, so that tests can run commands without sockets, terminals,
/// signals or a clock.
///
/// @param out where results go
/// @param err where errors in words go, and progress when standard output holds JSON
/// @param environment the environment variables
/// @param connector how a server is reached
/// @param machineChecks looks at this machine
/// @param interruption tells when somebody ends this process while it waits
/// @param nanoTime a clock for elapsed times, as [System#nanoTime()]
/// @param debug whether unexpected errors are shown with their stack traces
record Surroundings(Screen out, Screen err, Map<String, String> environment,
        Connector connector,
        Supplier<List<Check>> machineChecks, Interruption interruption, LongSupplier nanoTime,
        boolean debug) {
    /// The system property that turns stack traces on.
    static final String DEBUG_PROPERTY = "ecdysis.debug";

    /// Reaches servers.
    @FunctionalInterface
    interface Connector {
        ControlClient connect(Path controlSocket, Duration atMost, Set<Integer> allowedUsers)
                throws ControlException;
    }

    static Surroundings ofProcess(PrintWriter out, PrintWriter err) {
        Map<String, String> environment = System.getenv();
        return new Surroundings(Screen.ofProcess(out, 1, environment), Screen.ofProcess(err, 2, environment),
                environment, ControlClient::connect,
                Doctor::checkMachine, Interruption.byShutdownHook(), System::nanoTime,
                Boolean.getBoolean(DEBUG_PROPERTY));
    }
}
