package dev.ecdysis.internal.nio;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Cuts the tie between a channel's blocking mode and its descriptor's `O_NONBLOCK`.
///
/// Once a virtual thread has called accept, the JDK makes the descriptor non-blocking for good: it plays blocking
/// mode by waiting before it tries again, and changes of the mode no longer reach the descriptor. That is just what
/// a shared listener needs, so a virtual thread accepts once, while the channel is still on a throw-away socket.
final class BlockingMode {
    private BlockingMode() {
    }

    /// @param channel in blocking mode, as it will be afterwards; it listens, and nobody connects
    static void detach(ServerSocketChannel channel) throws IOException {
        FutureTask<Boolean> task = new FutureTask<>(() -> acceptNothing(channel));
        Thread.ofVirtual().name("ecdysis-adoption").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    task.get();
                    return;
                } catch (InterruptedException e) {
                    // It does not wait for anything, so neither do we for long.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw new IOException("accepting on a throw-away socket", e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// @return whether a stranger was there, who is turned away
    private static boolean acceptNothing(ServerSocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        try (SocketChannel stranger = channel.accept()) {
            return stranger != null;
        } finally {
            channel.configureBlocking(true);
        }
    }
}
