package dev.ecdysis.cli;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.status.Check;
import dev.ecdysis.status.Progress;
import dev.ecdysis.status.ServerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// The connection to a real server.
final class ClientConnection implements ControlConnection {
    private final ControlClient client;

    private ClientConnection(ControlClient client) {
        this.client = client;
    }

    static ControlConnection connect(Path controlSocket, Duration atMost, Set<Integer> allowedUsers)
            throws ControlException {
        return new ClientConnection(ControlClient.connect(controlSocket, atMost, allowedUsers));
    }

    @Override
    public ServerStatus status() throws ControlException {
        return client.status();
    }

    @Override
    public UpgradeResult upgrade(Consumer<Progress> progress) throws ControlException {
        return client.upgrade(progress);
    }

    @Override
    public UpgradeResult upgrade(List<String> command, Consumer<Progress> progress) throws ControlException {
        return client.upgrade(command, progress);
    }

    @Override
    public void awaitDrained(Consumer<Progress> progress) throws ControlException {
        client.awaitDrained(progress);
    }

    @Override
    public void stop(Consumer<Progress> progress) throws ControlException {
        client.stop(progress);
    }

    @Override
    public List<Check> doctor() throws ControlException {
        return client.doctor();
    }

    @Override
    public void close() {
        client.close();
    }
}
