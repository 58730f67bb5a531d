package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.control.Reply;
import dev.ecdysis.internal.control.RequestHandler;
import dev.ecdysis.internal.control.StatusCodec;
import dev.ecdysis.internal.handover.Cause;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Origin;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.loop.Errand;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.systemd.UnitCheck;
import dev.ecdysis.internal.wire.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the control socket's clients ask, turned into events.
final class ControlRequests implements RequestHandler {
    private static final System.Logger LOG = Log.of(ControlRequests.class);

    private final EventLoop loop;
    private final EffectExecutor executor;
    private final ServerView view;

    ControlRequests(EventLoop loop, EffectExecutor executor, ServerView view) {
        this.loop = loop;
        this.executor = executor;
        this.view = view;
    }

    @Override
    public void upgrade(Reply reply, List<String> command) {
        // Arguments may be secrets.
        String what = command.isEmpty() ? "" : ", with a command of its own: " + OneLine.of(command.getFirst());
        LOG.log(System.Logger.Level.INFO, "upgrade asked for by " + reply.peer() + what);
        long requester = executor.pending().client(reply, command);
        executor.pump()
                .post(new Event.UpgradeAsked(Origin.COMMAND, requester, executor.reaper().drainingPids()));
    }

    @Override
    public void status(Reply reply) {
        executor.drain().refreshed(
                () -> reply.send(new Message.Report(StatusCodec.of(view.status(), executor.predecessorProcess()))));
    }

    @Override
    public void stop(Reply reply) {
        if (executor.pump().state() instanceof State.Draining draining
                && !(draining.cause() instanceof Cause.Stopped)) {
            String what = draining.cause() instanceof Cause.Upgraded ? "has been replaced" : "was not kept";
            reply.send(new Message.Refusal("this process " + what + " and only drains; ask again"));
            return;
        }
        LOG.log(System.Logger.Level.INFO, "stop asked for by " + reply.peer());
        executor.pending().follow(reply);
        // Asking twice must not end the drain at once, as a second signal does: a client that repeats itself is
        // impatient, not an operator at a terminal.
        if (!(executor.pump().state() instanceof State.Draining)) {
            executor.pump().post(new Event.StopAsked("a command of " + reply.peer(), System.nanoTime()));
        }
    }

    @Override
    public void doctor(Reply reply) {
        // It makes system calls that block, which would keep a virtual thread's carrier.
        try {
            new Visit(reply).start("ecdysis-doctor");
        } catch (OutOfMemoryError e) { // the limit of threads is reported as this
            reply.send(new Message.Refusal("no thread can be started to look at this server (" + e.getMessage()
                    + "); ask again, or raise the limit of threads (ulimit -u, TasksMax=, pids.max)"));
        }
    }

    /// Of the doctor.
    private final class Visit extends Errand {
        private final Reply reply;
        private final UnitCheck unit = executor.predecessorSide().unit();
        private final List<Long> olderGenerations = executor.reaper().drainingPids();
        private @Nullable Message answer;

        private Visit(Reply reply) {
            super(loop);
            this.reply = reply;
        }

        @Override
        public void work() {
            answer = new Message.Report(StatusCodec.of(view.doctor(unit, olderGenerations)));
        }

        @Override
        public void over(@Nullable Throwable failed) {
            Message found = answer;
            reply.send(found != null ? found
                    : new Message.Refusal("this server could not be looked at (" + failed + "); ask again"));
        }
    }
}
