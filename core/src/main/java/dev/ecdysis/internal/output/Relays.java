package dev.ecdysis.internal.output;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The pipes that this process passes on to its own standard output and error: those of a successor that is not on its own
/// yet, and those that older generations passed on before, because a process that a new version started before it was
/// committed still writes there. Two must never read the same pipe: a successor gets them all, and begins when its
/// predecessor has ended that, or has ended altogether. Thread-safe.
public final class Relays {
    private static final System.Logger LOG = Log.of(Relays.class);

    private final Posix posix;
    private final Target target;
    private final List<Relay> live = new ArrayList<>();
    private final List<Pipe> waiting = new ArrayList<>();
    private @Nullable Runnable whenEnded;

    /// Passes on to the streams of this process.
    public Relays(Posix posix) {
        this(posix, stream -> stream.duplicate(posix));
    }

    Relays(Posix posix, Target target) {
        this.posix = posix;
        this.target = target;
    }

    /// Where bytes go.
    @FunctionalInterface
    interface Target {
        /// A descriptor of it, which the caller closes.
        Fd open(StandardStream stream) throws PosixException;
    }

    /// A pipe that is passed on.
    ///
    /// @param fd its reading end; owned by whoever holds this
    /// @param stream where its bytes go
    public record Pipe(Fd fd, StandardStream stream) {
    }

    /// Passes a successor's output on from now on.
    public LastWords read(List<Pipe> pipes) throws IOException {
        List<Pipe> left = new ArrayList<>(pipes);
        List<LastWords.Source> sources = new ArrayList<>();
        try {
            while (!left.isEmpty()) {
                Tail tail = new Tail();
                Pipe pipe = left.getFirst();
                Relay relay = start(pipe, Optional.of(tail));
                left.removeFirst();
                sources.add(new LastWords.Source(pipe.stream(), tail, relay));
            }
            return new LastWords(sources);
        } finally {
            left.forEach(pipe -> pipe.fd().close());
        }
    }

    /// Takes ownership of the pipe, unless it throws.
    private Relay start(Pipe pipe, Optional<Tail> tail) throws PosixException {
        Fd to = null;
        Fd wake = null;
        boolean started = false;
        try {
            to = target.open(pipe.stream());
            wake = posix.eventfd();
            Relay relay = new Relay(posix, pipe, to, wake, tail);
            Runnable end = () -> ended(relay);
            Thread thread = Thread.ofPlatform().daemon().name("ecdysis-relay").unstarted(() -> {
                try {
                    relay.run();
                } finally {
                    Survival.insist(end);
                }
            });
            begin(relay, thread);
            started = true;
            return relay;
        } finally {
            if (!started) { // no descriptor or no thread to be had
                close(to);
                close(wake);
            }
        }
    }

    private synchronized void begin(Relay relay, Thread thread) {
        live.add(relay);
        boolean begun = false;
        try {
            thread.start();
            begun = true;
        } finally {
            if (!begun) {
                live.remove(relay);
            }
        }
    }

    private static void close(@Nullable Fd fd) {
        if (fd != null) {
            fd.close();
        }
    }

    private void ended(Relay relay) {
        Runnable last = null;
        synchronized (this) {
            live.remove(relay);
            if (live.isEmpty()) {
                last = whenEnded;
                notifyAll();
            }
        }
        if (last != null) {
            last.run();
            forget(last);
        }
    }

    /// Not before it was told: without memory it is to be told again.
    private synchronized void forget(Runnable told) {
        if (told.equals(whenEnded)) {
            whenEnded = null;
        }
    }

    /// What somebody else still reads; it is passed on when [#begin()] is called. Takes ownership.
    public synchronized void expect(Pipe pipe) {
        waiting.add(pipe);
    }

    /// Passes on, with a thread for each, what is expected and still written to by anybody.
    public void begin() {
        for (Pipe pipe : takeWaiting()) {
            boolean passedOn = false;
            try {
                passedOn = begin(pipe);
            } catch (PosixException | OutOfMemoryError e) { // no descriptor or no thread to be had
                LOG.log(System.Logger.Level.WARNING, "what processes of an older generation write to " + pipe.stream()
                        + " is lost", e);
            } finally {
                if (!passedOn) {
                    pipe.fd().close();
                }
            }
        }
    }

    /// @return whether it is passed on: nobody need when nobody writes
    private boolean begin(Pipe pipe) throws PosixException {
        for (int tries = 1;; tries++) {
            try {
                boolean open = isOpen(pipe);
                if (open) {
                    start(pipe, Optional.empty());
                }
                return open;
            } catch (OutOfMemoryError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    private synchronized List<Pipe> takeWaiting() {
        List<Pipe> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    private boolean isOpen(Pipe pipe) throws PosixException {
        PollFd end = new PollFd(pipe.fd(), Linux.POLLIN);
        posix.poll(List.of(end), 0);
        return (end.revents() & (Linux.POLLIN | Linux.POLLHUP)) != Linux.POLLHUP;
    }

    /// Duplicates of all reading ends, for a successor; the caller closes them.
    ///
    /// @param atMost so many, the newest
    public synchronized List<Pipe> duplicates(int atMost) throws PosixException {
        List<Pipe> copies = new ArrayList<>();
        boolean complete = false;
        try {
            for (Pipe pipe : waiting) {
                copies.add(new Pipe(posix.duplicate(pipe.fd()), pipe.stream()));
            }
            for (Relay relay : live) {
                relay.duplicate().ifPresent(copies::add);
            }
            while (copies.size() > atMost) {
                copies.removeFirst().fd().close();
                LOG.log(System.Logger.Level.WARNING, "processes of more than " + atMost
                        + " older generations write to this one: the oldest of them end with it");
            }
            complete = true;
            return copies;
        } finally {
            if (!complete) {
                copies.forEach(pipe -> pipe.fd().close());
            }
        }
    }

    /// Reads no more, for good: somebody else does, or nobody need.
    ///
    /// @param ended called when that is so, on any thread; perhaps never, when nobody reads what was passed on
    public void stop(Runnable ended) {
        takeWaiting().forEach(pipe -> pipe.fd().close());
        synchronized (this) {
            live.forEach(Relay::stop);
            if (!live.isEmpty()) {
                whenEnded = ended;
                return;
            }
        }
        ended.run();
    }

    /// Waits until all that was [stopped][#stop] has ended, for no longer than that.
    public synchronized void await(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        while (!live.isEmpty() && end - System.nanoTime() > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(end - System.nanoTime(), 1));
        }
    }
}
