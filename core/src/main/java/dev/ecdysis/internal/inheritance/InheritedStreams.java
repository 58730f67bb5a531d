package dev.ecdysis.internal.inheritance;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.output.StandardStream;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a successor's standard output and error lead. To pipes first, which its predecessor reads; they are put back to
/// what they were when it is on its own, and from then on this process reads the pipes, as long as any process that it
/// started meanwhile still writes there. On one thread: the one that starts, then the loop's.
public final class InheritedStreams {
    private static final System.Logger LOG = Log.of(InheritedStreams.class);
    /// A process that dies closes its descriptors one after the other.
    private static final Duration ONE_AFTER_THE_OTHER = Duration.ofMillis(200);

    private final Posix posix;
    private final Relays relays;
    private @Nullable Fd output;
    private @Nullable Fd error;
    private int pipes;
    private boolean restored;
    private boolean unread;

    public InheritedStreams(Posix posix) {
        this.posix = posix;
        this.relays = new Relays(posix);
    }

    /// What this process passes on, from any pipe.
    public Relays relays() {
        return relays;
    }

    /// Takes ownership of what came with STREAMS.
    void arrived(Message.Streams streams, List<Fd> descriptors) {
        int next = 0;
        if (streams.originals()) {
            closeOriginals();
            output = descriptors.get(next++);
            error = descriptors.get(next++);
        }
        for (int stream : streams.pipes()) {
            Fd pipe = descriptors.get(next++);
            if (pipes < Limits.PIPES) {
                pipes++;
                relays.expect(new Relays.Pipe(pipe, StandardStream.of(stream)));
            } else {
                pipe.close();
            }
        }
    }

    /// Takes ownership of what came with WELCOME: all that there is from an older version, which leaves stdout alone.
    void originalError(Fd fd) {
        if (error == null) {
            error = fd;
        } else {
            fd.close();
        }
    }

    /// What this process writes goes where it went before there was a pipe.
    public void restore() {
        if (restored) {
            return;
        }
        boolean first = putBack(output, StandardStream.OUTPUT);
        boolean second = putBack(error, StandardStream.ERROR);
        restored = first && second;
        closeOriginals();
        if (!restored) {
            relays.stop(InheritedStreams::nothing); // or what is passed on would come back
        } else if (unread) {
            relays.begin();
        }
    }

    private static void nothing() {
    }

    private boolean putBack(@Nullable Fd original, StandardStream stream) {
        if (original == null) {
            return true;
        }
        try {
            posix.dup3(original, stream.number(), false);
            return true;
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.WARNING, stream + " stays with the predecessor: " + e.getMessage());
            return false;
        }
    }

    /// The predecessor does not read any more.
    public void unread() {
        unread = true;
        if (restored) {
            relays.begin();
        }
    }

    /// For a start that fails: if the predecessor is dead, nobody reads the pipes, and why this process cannot start must
    /// be found somewhere. If it lives, these are the last words that it tells.
    void leaveTheDead() {
        relays.stop(InheritedStreams::nothing); // without our own copies of its reading ends
        Fd own = Fd.own(posix, StandardStream.ERROR.number());
        try {
            PollFd abandoned = new PollFd(own, 0); // errors and hang-ups are always told
            posix.poll(List.of(abandoned), (int) ONE_AFTER_THE_OTHER.toMillis());
            if (abandoned.isReady()) {
                restore();
            }
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, "standard error stays where it is", e);
        } finally {
            own.release();
            close();
        }
    }

    private void closeOriginals() {
        if (output != null) {
            output.close();
            output = null;
        }
        if (error != null) {
            error.close();
            error = null;
        }
    }

    /// What was not put back stays as it is.
    public void close() {
        closeOriginals();
        relays.stop(InheritedStreams::nothing);
    }
}
