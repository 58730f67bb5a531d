package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.status.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// An upgrade that was asked for over the control socket and is under way.
final class Upgrading {
    private final List<Progress> progress = new CopyOnWriteArrayList<>();
    private final CompletableFuture<UpgradeResult> result = new CompletableFuture<>();

    private Upgrading() {
    }

    static Upgrading start(Path control) {
        return start(control, List.of());
    }

    /// @param command what starts the successor; empty for what would start it anyway
    static Upgrading start(Path control, List<String> command) {
        Upgrading upgrading = new Upgrading();
        Thread.ofPlatform().daemon().name("upgrading").start(() -> upgrading.run(control, command));
        return upgrading;
    }

    private void run(Path control, List<String> command) {
        try (ControlClient client = ControlClient.connect(control, Await.LIMIT)) {
            result.complete(command.isEmpty() ? client.upgrade(progress::add)
                    : client.upgrade(command, progress::add));
        } catch (Throwable e) {
            result.completeExceptionally(e);
        }
    }

    void awaitPhase(Phase phase) throws Exception {
        Await.until("the upgrade reaches " + phase,
                () -> progress.stream().anyMatch(step -> step.phase() == phase));
    }

    boolean isOver() {
        return result.isDone();
    }

    UpgradeResult await() throws Exception {
        return result.get(2 * Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    <T extends UpgradeResult> T await(Class<T> expected) throws Exception {
        UpgradeResult outcome = await();
        assertThat(outcome).isInstanceOf(expected);
        return expected.cast(outcome);
    }

    /// The server that was asked ends before it can answer.
    void awaitLost() throws Exception {
        CompletableFuture<Boolean> lost = result.handle((outcome, failure) -> failure != null);
        assertThat(lost.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).as("the request was lost").isTrue();
    }
}
