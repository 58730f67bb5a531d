package dev.ecdysis.internal.systemd;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.process.ForkHelper;
import dev.ecdysis.internal.process.NotifySocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/// Whether a manager of services, the machine's systemd or a user's, started this process and wants to be told which one
/// is the main one: then a successor must be its own child before it is told that name.
public final class ServiceChild {
    private static final System.Logger LOG = Log.of(ServiceChild.class);
    /// As `/proc/PID/comm` has it.
    static final String MANAGER = "systemd";

    private ServiceChild() {
    }

    /// Reads a few lines of `/proc`. Of a successor too: its predecessor has ended, or it was made an orphan.
    ///
    /// @param environment what this process was started with
    public static boolean isThisProcess(Function<String, Optional<String>> environment) {
        return environment.apply(NotifySocket.NAME).isPresent() && isManagersChild();
    }

    /// A helper is no more than a moment from its end by then.
    private static boolean isManagersChild() {
        try {
            long parent = ForkHelper.starterOfThisProcess();
            return Files.readString(Path.of("/proc", Long.toString(parent), "comm")).strip().equals(MANAGER);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot read who started this process", e);
            return false;
        }
    }
}
