package dev.ecdysis.internal.output;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.thread.Survival;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// Passes on what comes out of a pipe, until nobody writes to it any more or somebody else is to go on.
///
/// A platform thread of its own, because the target may be a terminal or a pipe that nobody reads, and nothing else may
/// wait for that. It reads nothing that cannot be written at once: what is left in the pipe is there for whoever goes on.
final class Relay {
    private static final System.Logger LOG = Log.of(Relay.class);
    /// `PIPE_BUF`: as much as a pipe takes without blocking when poll(2) says that it can be written to.
    private static final int CHUNK = 4 << 10;
    /// What a pipe holds, unless somebody has changed that.
    private static final int PIPE_SIZE = 64 << 10;
    private static final int MOST_AHEAD = 1 << 20;
    private static final int FOR_EVER = -1;
    /// How long nobody reads our own stream before it counts as not read.
    private static final int PATIENCE_MILLIS = 1_000;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Posix posix;
    private final Relays.Pipe pipe;
    private final Fd target;
    private final Fd wake;
    private final Optional<Tail> tail;
    private final Survival survival;
    private final Runnable ending = this::end;
    private final ByteBuffer counter = ByteBuffer.allocate(Long.BYTES);
    private volatile boolean stopped;
    private volatile @Nullable CountDownLatch asked;
    private boolean closed;
    /// Read and not written yet.
    private ByteBuffer held = NOTHING;
    /// Whether the pipe has something, so that the target is what is waited for.
    private boolean there;
    private boolean broken;
    /// A successor must not stand still because nobody reads what it says: it is only kept then, as its last words.
    private boolean dropping;
    private long dropped;
    private int afterStop;

    /// Takes ownership of all three.
    ///
    /// @param wake an eventfd
    /// @param tail keeps the end of it
    Relay(Posix posix, Relays.Pipe pipe, Fd target, Fd wake, Optional<Tail> tail) {
        this.posix = posix;
        this.pipe = pipe;
        this.target = target;
        this.wake = wake;
        this.tail = tail;
        this.survival = new Survival(LOG, "passing on " + pipe.stream());
    }

    /// Returns when it is over, with everything closed.
    void run() {
        try {
            boolean more = true;
            while (more) {
                more = survivingStep();
            }
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.WARNING, "what else comes to " + pipe.stream() + " is lost: " + e.getMessage());
        } finally {
            Survival.insist(ending);
        }
    }

    private void end() {
        tellLoss();
        close();
    }

    /// Without memory nothing is read, and whoever writes waits: without a reader he would end.
    private boolean survivingStep() throws PosixException {
        try {
            if (survival.hasMemory()) {
                return step();
            }
            Survival.pause();
        } catch (VirtualMachineError e) {
            survival.failed(e);
        }
        return true;
    }

    /// @return whether there may be more
    private boolean step() throws PosixException {
        boolean forTarget = !broken && !dropping && (there || held.hasRemaining());
        PollFd awaited = forTarget ? new PollFd(target, Linux.POLLOUT) : new PollFd(pipe.fd(), Linux.POLLIN);
        PollFd woken = new PollFd(wake, Linux.POLLIN);
        boolean leaving = stopped && !held.hasRemaining();
        boolean owing = asked != null; // there was no memory for an answer
        int patience = forTarget && tail.isPresent() ? PATIENCE_MILLIS : FOR_EVER;
        posix.poll(List.of(awaited, woken), leaving || owing ? 0 : patience);
        if (woken.isReady() || owing) {
            if (woken.isReady()) {
                posix.read(wake, counter.clear());
            }
            answer();
            return true;
        }
        if (forTarget && !awaited.isReady() && !stopped && tail.isPresent()) {
            dropping = true;
            drop();
            return true;
        }
        if (!awaited.isReady()) {
            return !leaving;
        }
        return forTarget ? pass() : isThere(awaited.revents());
    }

    private boolean isThere(int revents) throws PosixException {
        there = (revents & Linux.POLLIN) != 0;
        if (there && dropping && hasRoom()) {
            dropping = false;
            tellLoss();
        }
        return there && ((!broken && !dropping) || pass());
    }

    private boolean hasRoom() throws PosixException {
        PollFd room = new PollFd(target, Linux.POLLOUT);
        return posix.poll(List.of(room), 0) > 0;
    }

    private void drop() {
        dropped += held.remaining();
        held = NOTHING;
    }

    private void tellLoss() {
        if (dropped > 0) {
            LOG.log(System.Logger.Level.WARNING, "nobody read " + pipe.stream() + ", so " + dropped
                    + " bytes that the new version wrote to it were dropped");
            dropped = 0;
        }
    }

    private boolean pass() throws PosixException {
        if (!held.hasRemaining()) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            ByteBuffer copy = chunk.duplicate();
            there = false;
            if (posix.read(pipe.fd(), chunk) <= 0) {
                return false;
            }
            held = chunk.flip();
            keep(copy.limit(held.limit()));
        }
        if (dropping) {
            drop();
        } else {
            write();
        }
        afterStop += stopped ? CHUNK : 0;
        return held.hasRemaining() || afterStop < PIPE_SIZE;
    }

    private void keep(ByteBuffer bytes) {
        tail.ifPresent(end -> end.keep(bytes));
    }

    /// Whoever reads our own stream may be gone; the writer must not notice, and its last words are kept all the same.
    private void write() {
        try {
            if (!broken) {
                ByteBuffer chunk = held.slice(held.position(), Math.min(CHUNK, held.remaining()));
                posix.write(target, chunk);
                held.position(held.position() + chunk.position());
            }
        } catch (PosixException e) {
            if (!e.is(Errno.EAGAIN)) { // somebody may have made it non-blocking
                LOG.log(System.Logger.Level.DEBUG, e.getMessage());
                broken = true;
            }
        }
        if (broken) {
            held = NOTHING;
        }
    }

    private void answer() throws PosixException {
        CountDownLatch waiting = asked;
        if (waiting != null) {
            readAhead();
            asked = null;
            waiting.countDown();
        }
    }

    /// All that is in the pipe, also when it cannot be written yet.
    private void readAhead() throws PosixException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        ByteBuffer copy = chunk.duplicate();
        PollFd more = new PollFd(pipe.fd(), Linux.POLLIN);
        while (held.remaining() < MOST_AHEAD && posix.poll(List.of(more), 0) > 0
                && (more.revents() & Linux.POLLIN) != 0) {
            ByteBuffer longer = ByteBuffer.allocate(held.remaining() + CHUNK); // before, so that nothing is lost
            int count = posix.read(pipe.fd(), chunk.clear());
            if (!broken) {
                held = longer.put(held).put(chunk.flip()).flip();
            }
            keep(copy.clear().limit(Math.max(count, 0)));
        }
        there = false;
    }

    /// Ends, with what is in its hands written, as soon as the pipe is empty or cannot be passed on. From any thread.
    void stop() {
        stopped = true;
        wake();
    }

    /// Has everything read that was written so far.
    ///
    /// @return what to wait for
    CountDownLatch catchUp() {
        CountDownLatch done = new CountDownLatch(1);
        asked = done;
        if (!wake()) {
            done.countDown();
        }
        return done;
    }

    /// @return whether the thread is there to notice
    private synchronized boolean wake() {
        if (closed) {
            return false;
        }
        try {
            posix.write(wake, ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, 1));
            return true;
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.WARNING, "a relay of " + pipe.stream() + " could not be told: "
                    + e.getMessage());
            return false;
        }
    }

    /// The pipe for somebody else; empty when this is over.
    synchronized Optional<Relays.Pipe> duplicate() throws PosixException {
        return closed ? Optional.empty()
                : Optional.of(new Relays.Pipe(posix.duplicate(pipe.fd()), pipe.stream()));
    }

    /// Also again, when there was no memory for it.
    synchronized void close() {
        closed = true;
        CountDownLatch waiting = asked;
        if (waiting != null) {
            waiting.countDown();
        }
        pipe.fd().close();
        target.close();
        wake.close();
    }
}
