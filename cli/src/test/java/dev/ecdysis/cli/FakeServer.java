package dev.ecdysis.cli;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.status.Check;
import dev.ecdysis.status.Progress;
import dev.ecdysis.status.ServerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A server that answers what a test told it to, and remembers what it was asked.
final class FakeServer implements ControlClient, Surroundings.Connector {
    final List<String> asked = new ArrayList<>();
    final List<Progress> steps = new ArrayList<>();
    final List<Progress> drainSteps = new ArrayList<>();
    UpgradeResult result = Samples.COMMITTED;
    ServerStatus status = Samples.STATUS;
    List<Check> checks = List.of(Check.pass("server", "well"));
    Runnable whileWaiting = () -> {
    };
    private @Nullable String failing;
    private @Nullable Throwable failure;

    /// From now on, one request fails.
    ///
    /// @param request the name of a method of [ControlClient], or `connect`
    /// @param failure a [ControlException], a [RuntimeException] or an [Error]
    FakeServer failing(String request, Throwable failure) {
        this.failing = request;
        this.failure = failure;
        return this;
    }

    @Override
    public ControlClient connect(Path controlSocket, Duration atMost, Set<Integer> allowedUsers)
            throws ControlException {
        String allowing = allowedUsers.isEmpty() ? "" : " allowing " + new TreeSet<>(allowedUsers);
        ask("connect", controlSocket + " within " + atMost + allowing);
        return this;
    }

    @Override
    public ServerStatus status() throws ControlException {
        ask("status", "");
        return status;
    }

    @Override
    public UpgradeResult upgrade(Consumer<Progress> progress) throws ControlException {
        steps.forEach(progress);
        whileWaiting.run();
        ask("upgrade", "");
        return result;
    }

    @Override
    public UpgradeResult upgrade(List<String> command, Consumer<Progress> progress) throws ControlException {
        ask("upgrade", String.join("|", command));
        return result;
    }

    @Override
    public void awaitDrained(Consumer<Progress> progress) throws ControlException {
        drainSteps.forEach(progress);
        whileWaiting.run();
        ask("awaitDrained", "");
    }

    @Override
    public void stop(Consumer<Progress> progress) throws ControlException {
        drainSteps.forEach(progress);
        whileWaiting.run();
        ask("stop", "");
    }

    @Override
    public List<Check> doctor() throws ControlException {
        ask("doctor", "");
        return checks;
    }

    @Override
    public void close() {
        asked.add("close");
    }

    private void ask(String request, String details) throws ControlException {
        asked.add((request + " " + details).strip());
        if (request.equals(failing)) {
            switch (failure) {
                case ControlException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case null, default -> throw new AssertionError(failure);
            }
        }
    }
}
