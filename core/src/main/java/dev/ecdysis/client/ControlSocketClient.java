package dev.ecdysis.client;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlException.Reason;
import dev.ecdysis.internal.control.ResultCodec;
import dev.ecdysis.internal.control.StatusCodec;
import dev.ecdysis.internal.wire.Fields;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.internal.wire.WireException;
import dev.ecdysis.status.Check;
import dev.ecdysis.status.Progress;
import dev.ecdysis.status.ServerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The one that speaks with a server.
final class ControlSocketClient implements ControlClient {
    private final ControlLink link;
    /// Of the process that is connected to, and so of the one that is asked for anything.
    private List<String> features = List.of();

    private ControlSocketClient(ControlLink link) {
        this.link = link;
    }

    static ControlSocketClient connect(Path controlSocket, Duration atMost, Set<Integer> allowedUsers)
            throws ControlException {
        if (atMost.isNegative() || atMost.isZero()) {
            throw new IllegalArgumentException("the time limit must be more than 0: " + atMost);
        }
        ControlSocketClient client = new ControlSocketClient(ControlLink.connect(controlSocket, atMost, allowedUsers));
        boolean answered = false;
        try {
            // A server that is stopped is connected to and never answers: better known before anything was asked for.
            client.watchServer();
            answered = true;
            return client;
        } finally {
            if (!answered) {
                client.close();
            }
        }
    }

    private void watchServer() throws ControlException {
        Fields content = askForStatus();
        try {
            if (StatusCodec.isOfOurPidNamespace(content)) {
                link.watch(StatusCodec.status(content).pid());
            }
        } catch (WireException e) {
            throw broken(e);
        }
    }

    private Fields askForStatus() throws ControlException {
        link.send(new Message.StatusRequest());
        Fields content = report(link.receive()).content();
        try {
            features = StatusCodec.features(content);
        } catch (WireException e) {
            throw broken(e);
        }
        return content;
    }

    @Override
    public ServerStatus status() throws ControlException {
        Fields content = askForStatus();
        try {
            return StatusCodec.status(content);
        } catch (WireException e) {
            throw broken(e);
        }
    }

    @Override
    public UpgradeResult upgrade(Consumer<Progress> progress) throws ControlException {
        return upgrade(new Message.UpgradeRequest(), progress);
    }

    @Override
    public UpgradeResult upgrade(List<String> command, Consumer<Progress> progress) throws ControlException {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("the command is empty; name a program");
        }
        Message request = new Message.UpgradeRequest(command);
        if (!features.contains(StatusCodec.UPGRADE_COMMAND)) {
            throw new ControlException(Reason.REFUSED, "the server runs an older version of this library, which cannot"
                    + " take a command and would start the one it knows; upgrade it without a command first");
        }
        return upgrade(request, progress);
    }

    private UpgradeResult upgrade(Message request, Consumer<Progress> progress) throws ControlException {
        link.send(request);
        while (true) {
            Message message = link.receiveWithoutLimit()
                    .orElseThrow(() -> lost("the server was lost before it told how the upgrade ended;"
                            + " ask for its status"));
            switch (message) {
                case Message.Progress step -> tell(progress, step);
                case Message.Result result -> {
                    return result(result);
                }
                case Message.Refusal refusal -> throw refused(refusal);
                default -> {
                    continue; // a later version may say more
                }
            }
        }
    }

    private static UpgradeResult result(Message.Result result) throws ControlException {
        try {
            return ResultCodec.result(result.outcome());
        } catch (WireException e) {
            throw broken(e);
        }
    }

    @Override
    public void awaitDrained(Consumer<Progress> progress) throws ControlException {
        followUntilGone(progress);
    }

    @Override
    public void stop(Consumer<Progress> progress) throws ControlException {
        // Before: a successor that stops does not wait for its predecessor, and cannot be asked once it is gone.
        Fields content = askForStatus();
        try {
            if (StatusCodec.isOfOurPidNamespace(content)) {
                StatusCodec.predecessor(content).ifPresent(link::watchPredecessor);
            }
        } catch (WireException e) {
            throw broken(e);
        }
        link.send(new Message.StopRequest());
        followUntilGone(progress);
        link.awaitPredecessorExit();
    }

    /// The connection ends before the process does: what counts is the process.
    private void followUntilGone(Consumer<Progress> progress) throws ControlException {
        for (Optional<Message> next = link.receiveWithoutLimit(); next.isPresent(); next = link
                .receiveWithoutLimit()) {
            switch (next.get()) {
                case Message.Progress step -> tell(progress, step);
                case Message.Refusal refusal -> throw refused(refusal);
                default -> {
                    continue;
                }
            }
        }
        link.awaitProcessExit();
    }

    @Override
    public List<Check> doctor() throws ControlException {
        link.send(new Message.DoctorRequest());
        try {
            return StatusCodec.checks(report(link.receive()).content());
        } catch (WireException e) {
            throw broken(e);
        }
    }

    private static Message.Report report(Message message) throws ControlException {
        return switch (message) {
            case Message.Report report -> report;
            case Message.Refusal refusal -> throw refused(refusal);
            default -> throw new ControlException(Reason.PROTOCOL,
                    "the server answered with " + message.getClass().getSimpleName() + "; is it another version?");
        };
    }

    private static void tell(Consumer<Progress> progress, Message.Progress step) {
        progress.accept(new Progress(ResultCodec.phase(step.phase()), step.generation(), step.pid(),
                Duration.ofMillis(step.elapsedMillis()), step.connections(), step.detail()));
    }

    private static ControlException refused(Message.Refusal refusal) {
        return new ControlException(Reason.REFUSED, refusal.why());
    }

    private static ControlException lost(String message) {
        return new ControlException(Reason.UNREACHABLE, message);
    }

    private static ControlException broken(WireException e) {
        return new ControlException(Reason.PROTOCOL, "the server's answer cannot be read: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        link.close();
    }
}
