package dev.ecdysis.internal.announce;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.handover.Origin;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.log.SafeLog;
import dev.ecdysis.internal.loop.Errand;
import dev.ecdysis.internal.loop.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Tells observers, whoever asked and the flight recorder how an upgrade goes and ends, in order. What a process that has
/// ended said last is waited for, on a thread of its own; what is to be told after that waits too, and the loop does not.
/// On the loop's thread.
public final class Announcements {
    private static final System.Logger LOG = Log.of(Announcements.class);
    /// What it wrote is there to be read when it has ended.
    private static final Duration LAST_WORDS = Duration.ofMillis(200);

    private final EventLoop loop;
    private final Notifier notifier;
    private final PendingRequests pending;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private @Nullable Reading reading;
    private Optional<UpgradeResult> lastResult = Optional.empty();

    /// What a process that has ended said last.
    public interface Words {
        /// Waits until all of it has been read. Not on the loop's thread.
        void await(Duration atMost);

        /// What has been read of it.
        List<String> lines();
    }

    public Announcements(EventLoop loop, Notifier notifier, PendingRequests pending) {
        this.loop = loop;
        this.notifier = notifier;
        this.pending = pending;
    }

    public Optional<UpgradeResult> lastResult() {
        return lastResult;
    }

    /// Tells how far an upgrade has come.
    ///
    /// @param pid of the process of that generation; empty while there is none
    public void phase(Phase phase, int generation, OptionalLong pid, long connections, String detail) {
        if (reading == null) { // no lambda then: at a cutover connections wait while one is linked
            tell(phase, generation, pid, connections, detail);
        } else {
            waiting.add(() -> tell(phase, generation, pid, connections, detail));
        }
    }

    private void tell(Phase phase, int generation, OptionalLong pid, long connections, String detail) {
        notifier.phase(phase, generation, detail);
        pending.progress(phase, generation, pid, connections, "");
    }

    /// Once all that was to be told has been.
    public void afterwards(Runnable action) {
        if (reading == null) {
            action.run();
        } else {
            waiting.add(action);
        }
    }

    /// Tells what an upgrade came to.
    ///
    /// @param generation the successor's
    /// @param result without what it said last
    /// @param troubles what is wrong with this process now, and need not be when its status is asked for
    /// @param words of one that has ended; empty when there is nothing to wait for
    public void result(Effect.Report report, int generation, UpgradeResult result, List<String> troubles,
            Optional<Words> words) {
        if (words.isPresent()) {
            afterwards(() -> begin(new Reading(report, generation, result, troubles, words.get())));
        } else if (reading == null) {
            tell(report, generation, result, troubles);
        } else {
            waiting.add(() -> tell(report, generation, result, troubles));
        }
    }

    private void begin(Reading begun) {
        reading = begun;
        try {
            begun.start("ecdysis-last-words");
        } catch (OutOfMemoryError e) { // the limit of threads is reported as this
            SafeLog.log(LOG, "no thread to wait for what the new process said last", null, e);
            begun.end();
        }
    }

    private void tell(Effect.Report report, int generation, UpgradeResult result, List<String> troubles) {
        lastResult = Optional.of(result);
        UpgradeResult told = withTroubles(result, troubles);
        notifier.result(told);
        boolean bySignal = report.origin() == Origin.SIGNAL;
        FlightRecord.upgrade(bySignal ? "a signal" : pending.who(report.requester()), generation, told);
        if (!bySignal) {
            pending.answer(report.requester(), told);
        }
    }

    /// Whoever asked must not take it that the old process serves when nobody accepts.
    private static UpgradeResult withTroubles(UpgradeResult result, List<String> troubles) {
        if (troubles.isEmpty()) {
            return result;
        }
        String also = "; " + String.join("; ", troubles);
        return switch (result) {
            case UpgradeResult.Failed failed -> new UpgradeResult.Failed(failed.phase(),
                    OneLine.of(failed.reason() + also), failed.exitStatus(), failed.lastWords());
            case UpgradeResult.RolledBack back ->
                new UpgradeResult.RolledBack(OneLine.of(back.reason() + also), back.exitStatus(), back.lastWords());
            case UpgradeResult.Refused refused -> refused;
            case UpgradeResult.Committed committed -> committed;
        };
    }

    /// Tells at once what is still to be told.
    public void close() {
        for (Reading last = reading; last != null; last = reading) {
            last.end();
        }
    }

    /// Of what a process has said last.
    private final class Reading extends Errand {
        private final Effect.Report report;
        private final int generation;
        private final UpgradeResult result;
        private final List<String> troubles;
        private final Words words;

        private Reading(Effect.Report report, int generation, UpgradeResult result, List<String> troubles,
                Words words) {
            super(loop);
            this.report = report;
            this.generation = generation;
            this.result = result;
            this.troubles = troubles;
            this.words = words;
        }

        @Override
        public void work() {
            words.await(LAST_WORDS);
        }

        @Override
        public void over(@Nullable Throwable failed) {
            end();
        }

        private void end() {
            if (reading == this) {
                tell(report, generation, with(words.lines()), troubles);
                reading = null;
                while (reading == null && !waiting.isEmpty()) {
                    waiting.remove().run();
                }
            }
        }

        private UpgradeResult with(List<String> lines) {
            return switch (result) {
                case UpgradeResult.Failed failed ->
                    new UpgradeResult.Failed(failed.phase(), failed.reason(), failed.exitStatus(), lines);
                case UpgradeResult.RolledBack back ->
                    new UpgradeResult.RolledBack(back.reason(), back.exitStatus(), lines);
                case UpgradeResult.Refused refused -> refused;
                case UpgradeResult.Committed committed -> committed;
            };
        }
    }
}
