package dev.ecdysis.demo;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.Progress;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Consumer;

/// The server that the demo replaces.
interface DemoServer extends AutoCloseable {
    /// Starts it and waits until it serves; after [#stop()] again, at the same address.
    SocketAddress start() throws IOException, DemoException, InterruptedException;

    /// Stops it as a service manager would, and waits until its process is gone.
    void stop() throws IOException, DemoException, InterruptedException;

    /// Has it replaced by a successor that has this fault, if any.
    UpgradeResult upgrade(Optional<String> fault, Consumer<Progress> progress) throws IOException;

    /// Why nobody serves although nobody asked for that; empty when all is well.
    Optional<DemoException> problem();

    /// Ends every process that this server ever became and removes its files. May be called at any time, from
    /// any thread, and more than once.
    void end();

    @Override
    default void close() {
        end();
    }

    /// Makes a server that is not started yet.
    @FunctionalInterface
    interface Factory {
        DemoServer create() throws IOException, DemoException;
    }
}
