package dev.ecdysis.internal.inheritance;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.transport.FrameChannel;

/// A process of another generation that is still there, with what it takes to hear of it and to see its end.
///
/// @param since when its drain began, as [System#nanoTime()] counts
/// @param killAt when it is killed, if it is still there
public record OtherGeneration(int generation, long pid, long since, long killAt, FrameChannel channel, Fd pidfd) {
    public void close() {
        channel.close();
        pidfd.close();
    }
}
