package dev.ecdysis.status;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the serving generation says of itself.
///
/// @param generation its number
/// @param pid its process
/// @param version its version label
/// @param state what it does
/// @param upgrade how far the upgrade has come; empty unless the state is [ServerState#UPGRADING]
/// @param ready whether it serves or has served: false as long as its application initialises
/// @param uptime since it started
/// @param pidFile the whole path of its PID file
/// @param listeners its listeners, in the order in which they were opened
/// @param connections how many connections it has, over all listeners and drainables
/// @param draining older generations, the newest first
/// @param adoption how descriptors become JDK channels here
/// @param notes what an operator should know, one line each: the last upgrade's failure, a signal that is ignored
public record ServerStatus(int generation, long pid, String version, ServerState state, Optional<UpgradeStatus> upgrade,
        boolean ready, Duration uptime,
        Optional<String> pidFile,
        List<ListenerStatus> listeners, long connections, List<DrainingStatus> draining, String adoption,
        List<String> notes) {
    public ServerStatus {
        listeners = List.copyOf(listeners);
        draining = List.copyOf(draining);
        notes = List.copyOf(notes);
    }
}
