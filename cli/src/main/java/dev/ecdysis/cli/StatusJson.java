package dev.ecdysis.cli;

import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.ListenerStatus;
import dev.ecdysis.status.ServerStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `status --json` prints. Names are stable: scripts read them, so they do not follow the API's by
/// accident.
///
/// @param state one or two words; during an upgrade the name of its phase
/// @param upgrade null when none is under way
/// @param pidFile null when it has none
record StatusJson(int generation, long pid, String version, String state, boolean ready, @Nullable Upgrade upgrade,
        long uptimeMillis, @Nullable String pidFile, long connections,
        String adoption, List<Listener> listeners, List<Draining> draining, List<String> notes) {
    /// How far an upgrade has come.
    ///
    /// @param pid the successor's; null as long as it has no process
    record Upgrade(String phase, int generation, @Nullable Long pid, long elapsedMillis) {
        static Upgrade of(UpgradeStatus status) {
            return new Upgrade(ProgressText.name(status.phase()), status.generation(),
                    status.pid().isPresent() ? status.pid().getAsLong() : null, status.elapsed().toMillis());
        }
    }

    /// A listener of the serving generation.
    record Listener(String name, String address, int sockets, long connections, boolean inherited) {
        static Listener of(ListenerStatus status) {
            return new Listener(status.name(), status.address(), status.sockets(), status.connections(),
                    status.inherited());
        }
    }

    /// An older generation.
    ///
    /// @param connections null when it has not answered
    record Draining(int generation, long pid, long elapsedMillis, long untilKilledMillis,
            @Nullable Long connections,
            List<String> waitsFor) {
        static Draining of(DrainingStatus status) {
            return new Draining(status.generation(), status.pid(), status.elapsed().toMillis(),
                    Math.max(0, status.untilKilled().toMillis()),
                    status.connections() < 0 ? null : status.connections(), status.waitsFor());
        }
    }

    static StatusJson of(ServerStatus status) {
        return new StatusJson(status.generation(), status.pid(), status.version(), Standing.word(status),
                status.ready(), status.upgrade().map(Upgrade::of).orElse(null),
                status.uptime().toMillis(), status.pidFile().orElse(null), status.connections(), status.adoption(),
                status.listeners().stream().map(Listener::of).toList(),
                status.draining().stream().map(Draining::of).toList(), status.notes());
    }
}
