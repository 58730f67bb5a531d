package dev.ecdysis.status;

import java.time.Duration;
import java.util.List;

/// An older generation that still drains.
///
/// @param generation its number
/// @param pid its process
/// @param elapsed since its drain began
/// @param untilKilled until the serving generation ends it by force
/// @param connections how many connections it has left, or -1 when it has not answered
/// @param waitsFor what it waits for, one entry per listener or drainable that is not done, such as `http: 3`
public record DrainingStatus(int generation, long pid, Duration elapsed, Duration untilKilled, long connections,
        List<String> waitsFor) {
    public DrainingStatus {
        waitsFor = List.copyOf(waitsFor);
    }
}
