package dev.ecdysis.internal.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Has the JDK make the pollers of virtual threads, so that every successor has the same descriptors: the library's own
/// wait is so short that on a busy machine it may be over before it has begun.
final class VirtualThreads {
    private static final long LIMIT_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long PAUSE_NANOS = 100_000;

    private VirtualThreads() {
    }

    static void waitForASocketOnce() throws IOException, InterruptedException {
        Pipe pipe = Pipe.open();
        try (Pipe.SourceChannel source = pipe.source(); Pipe.SinkChannel sink = pipe.sink()) {
            Thread reader = Thread.ofVirtual().start(() -> read(source));
            long begun = System.nanoTime();
            while (!reader.getState().equals(Thread.State.WAITING) && System.nanoTime() - begun < LIMIT_NANOS) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            sink.write(ByteBuffer.allocate(1));
            reader.join();
        }
    }

    private static void read(Pipe.SourceChannel source) {
        try {
            source.read(ByteBuffer.allocate(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
