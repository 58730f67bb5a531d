package dev.ecdysis.status;

import java.time.Duration;
import java.util.List;

/// What the serving generation says of itself.
///
/// @param generation its number
/// @param pid its process
/// @param version its version label
/// @param state what it is doing: `initialising` before it is [#ready()]; then `running`, `impaired` when it should accept and
///        does not everywhere (the notes say why), the name of an upgrade's phase in lower case, `rolling back` or `stopping`
/// @param ready whether it serves or has served: false as long as its application initialises
/// @param uptime since it started
/// @param listeners its listeners, in the order in which they were opened
/// @param connections how many connections it has, over all listeners and drainables
/// @param draining older generations, the newest first
/// @param adoption how descriptors become JDK channels here
/// @param notes what an operator should know, one line each: the last upgrade's failure, a signal that is ignored
public record ServerStatus(int generation, long pid, String version, String state, boolean ready, Duration uptime,
        List<ListenerStatus> listeners, long connections, List<DrainingStatus> draining, String adoption,
        List<String> notes) {
    public ServerStatus {
        listeners = List.copyOf(listeners);
        draining = List.copyOf(draining);
        notes = List.copyOf(notes);
    }
}
