package dev.ecdysis.internal.process;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Passes on what a successor writes to its standard error, and keeps the end of it: its last words if it dies.
///
/// A platform thread of its own, because the write blocks when nobody reads our standard error, and nothing else may
/// wait for that.
public final class StderrRelay {
    private static final System.Logger LOG = System.getLogger(StderrRelay.class.getName());
    private static final int KEPT_BYTES = 64 << 10;
    private static final int FOR_EVER = -1;
    private static final int MOST_LINES = 50;
    private static final int MOST_LINE_LENGTH = 2_000;

    private final Posix posix;
    private final Fd pipe;
    private final byte[] kept = new byte[KEPT_BYTES];
    private final CountDownLatch ended = new CountDownLatch(1);
    private long written;

    private StderrRelay(Posix posix, Fd pipe) {
        this.posix = posix;
        this.pipe = pipe;
    }

    /// Relays from the read end of a pipe to a descriptor. Both are released, and owned by the relay from now on.
    static StderrRelay start(Posix posix, Fd pipe, Fd target) {
        StderrRelay relay = new StderrRelay(posix, Fd.own(posix, pipe.release()));
        Fd copy = Fd.own(posix, target.release());
        boolean started = false;
        try {
            Thread.ofPlatform().daemon().name("ecdysis-stderr-relay").start(() -> relay.run(copy));
            started = true;
            return relay;
        } finally {
            if (!started) { // no thread to be had
                relay.pipe.close();
                copy.close();
            }
        }
    }

    private void run(Fd target) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(8 << 10);
        try (pipe; target) {
            boolean relaying = true;
            while (posix.read(pipe, buffer.clear()) > 0) {
                buffer.flip();
                keep(buffer.duplicate());
                relaying = relaying && write(target, buffer);
            }
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.WARNING, "the new version's standard error is lost: " + e.getMessage());
        } finally {
            ended.countDown();
        }
    }

    /// Our own standard error may be gone; the successor must not notice, and its last words are kept all the same.
    private boolean write(Fd target, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                writeSome(target, bytes);
            }
            return true;
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, e.getMessage());
            return false;
        }
    }

    /// Our standard error may be a pipe that somebody made non-blocking.
    private void writeSome(Fd target, ByteBuffer bytes) throws PosixException {
        try {
            posix.write(target, bytes);
        } catch (PosixException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
            posix.poll(List.of(new PollFd(target, Linux.POLLOUT)), FOR_EVER);
        }
    }

    private synchronized void keep(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            kept[(int) (written++ % KEPT_BYTES)] = bytes.get();
        }
    }

    /// The last lines, after waiting for the end of the stream for no longer than that: a grandchild may hold it open.
    public List<String> lastWords(Duration atMost) {
        try {
            if (!ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.log(System.Logger.Level.DEBUG, "the new version's standard error is still open");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<String> lines = tail().lines()
                .map(line -> line.length() > MOST_LINE_LENGTH ? line.substring(0, MOST_LINE_LENGTH) : line).toList();
        return lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size());
    }

    private synchronized String tail() {
        int length = (int) Math.min(written, KEPT_BYTES);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = kept[(int) ((written - length + i) % KEPT_BYTES)];
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
