package dev.ecdysis.cli;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.status.Check;
import dev.ecdysis.status.Progress;
import dev.ecdysis.status.ServerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// What the commands need of [dev.ecdysis.client.ControlClient], as a seam for tests.
interface ControlConnection extends AutoCloseable {
    ServerStatus status() throws ControlException;

    UpgradeResult upgrade(Consumer<Progress> progress) throws ControlException;

    UpgradeResult upgrade(List<String> command, Consumer<Progress> progress) throws ControlException;

    void awaitDrained(Consumer<Progress> progress) throws ControlException;

    void stop(Consumer<Progress> progress) throws ControlException;

    List<Check> doctor() throws ControlException;

    @Override
    void close();

    /// Opens connections.
    @FunctionalInterface
    interface Connector {
        ControlConnection connect(Path controlSocket, Duration atMost, Set<Integer> allowedUsers)
                throws ControlException;
    }
}
