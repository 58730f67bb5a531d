package dev.ecdysis.internal.sides;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.loop.Errand;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.spi.HealthCheck;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Asks the application's health check, one question at a time, with a time limit. Each question has a platform thread of
/// its own, so that the application can keep it waiting, but nobody who serves connections can. On the loop's thread.
final class HealthInquiry {
    private static final System.Logger LOG = Log.of(HealthInquiry.class);
    private static final Duration TRY_AGAIN = Duration.ofMillis(100);

    /// Who is told, on the loop's thread.
    interface Asker {
        void healthy();

        void ill(String why);
    }

    private final EventLoop loop;
    private final HealthCheck check;
    private final Duration limit;
    private final Asker asker;
    private @Nullable Question current;

    public HealthInquiry(EventLoop loop, HealthCheck check, Duration limit, Asker asker) {
        this.loop = loop;
        this.check = check;
        this.limit = limit;
        this.asker = asker;
    }

    /// Has the application asked, and the answer told to the loop.
    ///
    /// @throws OutOfMemoryError when it was not asked, and nobody will be told
    public void ask() {
        forget(); // one that could not be begun
        Question question = new Question();
        current = question;
        question.expiry = loop.patience(limit, question::expire);
        question.begin();
    }

    /// Nobody is told any more. A check that runs is left to end by itself.
    void forget() {
        Question question = current;
        current = null;
        if (question != null) {
            question.cancelTimers();
        }
    }

    private final class Question extends Errand {
        private Timers.@Nullable Handle expiry;
        private Timers.@Nullable Handle again;
        private @Nullable Thread thread;
        private String obstacle = "";
        private @Nullable String objection;

        private Question() {
            super(loop);
        }

        /// Without memory or threads it is tried again, as long as there is time.
        private void begin() {
            try {
                thread = start("ecdysis-health-check");
                obstacle = "";
            } catch (OutOfMemoryError e) { // the limit of threads is reported as this
                LOG.log(System.Logger.Level.DEBUG, "no thread for the health check", e);
                obstacle = ": no thread could be started for it (" + e.getMessage() + ")";
                again = loop.schedule(TRY_AGAIN, this::begin);
            }
        }

        @Override
        public void work() {
            try {
                check.check();
            } catch (Throwable e) { // an Error too: silence would say less
                objection = OneLine.of(e); // here, because the text is the application's as well
            }
        }

        @Override
        public void over(@Nullable Throwable failed) {
            end(failed == null ? objection : failed.getClass().getName());
        }

        private void expire() {
            Thread asked = thread;
            if (asked != null) {
                asked.interrupt();
            }
            end("the health check did not answer within " + limit.toMillis() + " ms" + obstacle);
        }

        private void end(@Nullable String objection) {
            if (current != this) {
                return; // too late, or nobody is interested any more
            }
            forget();
            if (objection == null) {
                asker.healthy();
            } else {
                asker.ill(objection);
            }
        }

        private void cancelTimers() {
            if (expiry != null) {
                expiry.cancel();
            }
            if (again != null) {
                again.cancel();
            }
        }
    }
}
