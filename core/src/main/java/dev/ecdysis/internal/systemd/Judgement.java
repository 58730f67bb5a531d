package dev.ecdysis.internal.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/// Whether the unit would end with this process, though its successor serves.
///
/// @param self this process
/// @param olderGenerations older generations of it that still drain
/// @param pidFile the file that names who serves; empty when there is none
/// @param speaks whether this process has a `NOTIFY_SOCKET`, and so names its successor itself
record Judgement(long self, Collection<Long> olderGenerations, Optional<Path> pidFile, boolean speaks) {
    /// In the environment of generation 0, `yes` says that the unit follows, and the check is not made.
    static final String OVERRIDE = "ECDYSIS_UNIT_FOLLOWS";

    private static final String RELOAD = ", then systemctl daemon-reload; nothing has to be restarted";

    /// Why not to begin, one line that says what to do; empty when the unit outlives this process.
    Optional<String> of(ServiceUnit unit, UnitProperties properties) {
        // When it hangs on somebody else, such as a supervisor or a build agent, our end is not its end.
        if (!isOurs(properties.mainPid())) {
            return Optional.empty();
        }
        if (speaks && properties.hearsMain()) {
            return Optional.empty();
        }
        if (properties.livesWithItsGroup() || properties.remainsAfterExit()) {
            return Optional.empty();
        }
        if (properties.pidFile().isPresent() && isPidFile(properties.pidFile().get(), properties.privateTmp())) {
            return Optional.empty();
        }
        return Optional.of("systemd would end the new version together with this process, the main process of "
                + unit.name() + " (Type=" + properties.type() + "), which nobody tells it of another one; "
                + cure(properties));
    }

    /// Nobody answered, and an upgrade that ends the service is worse than one that is not made.
    ///
    /// @param unit as far as it is known
    static String unanswered(Optional<ServiceUnit> unit, String why) {
        return "it is not known whether systemd would end the new version together with this process: "
                + unit.map(known -> known.name() + " cannot be asked for").orElse("its unit cannot be seen") + " ("
                + why
                + "); let systemctl show work for this user, or start the server with " + OVERRIDE
                + "=yes in its environment if the unit has PIDFile= or ExitType=cgroup";
    }

    boolean isOurs(long pid) {
        return pid == self || olderGenerations.contains(pid);
    }

    private String cure(UnitProperties properties) {
        if (pidFile.isEmpty()) {
            return "put ExitType=cgroup into the unit (systemd 250 or newer)" + RELOAD
                    + "; or give the server a PID file that PIDFile= names";
        }
        Path path = pidFile.get().toAbsolutePath();
        if (properties.privateTmp() && isTemporary(path)) {
            return "with PrivateTmp= systemd does not see the PID file " + path + ": keep it in the folder of"
                    + " RuntimeDirectory=, and name it with PIDFile=";
        }
        if (properties.type().startsWith("notify") && !speaks) {
            return "it has no NOTIFY_SOCKET in its environment, though the unit's type gives it one: find out what unsets"
                    + " it, such as a wrapper; or put PIDFile=" + path + " into the unit" + RELOAD;
        }
        return "put PIDFile=" + path + " into the unit"
                + properties.pidFile().map(other -> ", instead of " + other).orElse("") + RELOAD;
    }

    private boolean isPidFile(Path named, boolean privateTmp) {
        if (pidFile.isEmpty()) {
            return false;
        }
        Path path = pidFile.get().toAbsolutePath();
        if (privateTmp && isTemporary(path)) {
            return false;
        }
        try {
            return path.normalize().equals(named.normalize()) || Files.isSameFile(path, named);
        } catch (IOException e) { // one of them is not there
            return false;
        }
    }

    private static boolean isTemporary(Path path) {
        Path normal = path.normalize();
        return normal.startsWith("/tmp") || normal.startsWith("/var/tmp");
    }
}
