package dev.ecdysis.internal.listener;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.thread.Survival;
import dev.ecdysis.spi.Acceptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Moves an acceptor to where it should be, one call at a time, and tries again for as long as it should accept and does
/// not.
///
/// The application's may fail, hang, and ignore that they are interrupted. So each is called on a thread of its own, which
/// whoever moves it waits for; one that has not returned in time is left alone, remembered, and moved on to where it
/// should be by then once it does return. Ours are called by whoever moves them, because connections wait for that; only
/// a failure leads to a thread. Thread-safe; nothing here waits but [#reach].
final class AcceptorDriver {
    private static final System.Logger LOG = Log.of(AcceptorDriver.class);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final int MOST_TEXT = 300;
    private static final Duration REMIND = Duration.ofMinutes(1);

    enum Goal {
        REST, ACCEPT, CLOSE
    }

    private enum Place {
        NEW, ACCEPTING, RESTING,
        /// A call has failed, or is about to pause it.
        UNSURE, CLOSED
    }

    private enum Call {
        START("start()"), PAUSE("pause()"), RESUME("resume()"), CLOSE("close()");

        private final String text;

        Call(String text) {
            this.text = text;
        }
    }

    private final String listener;
    private final Acceptor acceptor;
    private final boolean ours;
    private final Duration limit;
    private final Survival survival;
    private Place place = Place.NEW;
    private Goal goal = Goal.REST;
    private boolean again;
    private boolean started;
    private @Nullable Call underWay;
    private long since;
    private boolean givenUp;
    private boolean troubled;
    /// Of the failure. Never null, so that its class is there before a cutover needs it.
    private Call failed = Call.START;
    private @Nullable Throwable failure;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private long nextTry;
    private long reminded;
    private @Nullable Thread worker;
    private volatile long acceptingSince;

    /// @param limit how long a call may take before it counts as hanging
    AcceptorDriver(String listener, Acceptor acceptor, boolean ours, Duration limit) {
        this.listener = listener;
        this.acceptor = acceptor;
        this.ours = ours;
        this.limit = limit;
        this.survival = new Survival(LOG, "listener " + listener + ": calling its acceptor");
        if (!ours) {
            // Now, and not when it is needed: there may be no thread to be had then.
            worker = startWorker();
        }
    }

    private Thread startWorker() {
        return Thread.ofPlatform().daemon().name("ecdysis-acceptor-" + listener).start(this::run);
    }

    /// Says where it should be from now on; the latest counts, and nothing comes after [Goal#CLOSE].
    ///
    /// @param keepTrying whether to try again until it accepts
    synchronized void order(Goal to, boolean keepTrying) {
        if (goal == Goal.CLOSE) {
            return;
        }
        goal = to;
        again = keepTrying;
        failure = null;
        pauseMillis = FIRST_PAUSE_MILLIS;
        troubled &= to == Goal.ACCEPT;
        if (to == Goal.CLOSE && place == Place.NEW && !ours) {
            place = Place.CLOSED; // it has never been called
        }
        notifyAll();
    }

    /// Waits until it is where it was ordered to be.
    ///
    /// @throws IOException when a call failed, hangs, or was not done in time, or another order came; an order that keeps
    ///        trying stands all the same
    void reach(Goal to, Duration atMost) throws IOException {
        try {
            if (ours) {
                callHere();
            } else {
                await(to, System.nanoTime() + atMost.toNanos());
            }
            check(to);
        } catch (InterruptedException e) {
            giveUp();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the acceptor of listener " + listener + " was called");
        }
    }

    private synchronized void await(Goal to, long deadline) throws InterruptedException {
        long left = deadline - System.nanoTime();
        while (goal == to && !isAt(to) && failure == null && !hangs() && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, untilItHangs()));
            left = deadline - System.nanoTime();
        }
        if (left <= 0 || hangs()) {
            giveUp();
        }
    }

    private synchronized void check(Goal to) throws IOException {
        Throwable why = failure;
        if (goal != to) {
            throw new IOException("the acceptor of listener " + listener + " was moved elsewhere meanwhile");
        } else if (why != null) {
            throw new IOException("listener " + listener + ": " + failureText(failed, why), why);
        } else if (!isAt(to)) {
            throw new IOException("listener " + listener + ": " + hangingText());
        }
    }

    private boolean isAt(Goal wanted) {
        if (wanted == Goal.ACCEPT) {
            return place == Place.ACCEPTING;
        }
        return wanted == Goal.CLOSE ? place == Place.CLOSED : place == Place.RESTING || place == Place.NEW;
    }

    /// The call under way has had its time: it is interrupted once, and not waited for any more.
    private synchronized void giveUp() {
        Thread caller = worker;
        if (underWay == null || givenUp || caller == null) {
            return;
        }
        givenUp = true;
        troubled = true;
        reminded = System.nanoTime();
        caller.interrupt();
        LOG.log(System.Logger.Level.ERROR, "listener " + listener + ": " + hangingText()
                + "; it was interrupted, and nothing else is asked of that acceptor until it returns");
    }

    private void run() {
        boolean ended = false;
        while (!ended) {
            try {
                ended = !callNext();
            } catch (Throwable e) { // without memory, say; nobody else would have it accept again
                survival.failed(e);
            }
        }
    }

    private boolean callNext() {
        Call call = next();
        if (call != null) {
            perform(call);
        }
        return call != null;
    }

    private synchronized @Nullable Call next() {
        Call call = due();
        while (call == null && place != Place.CLOSED) {
            try {
                if (isRetrying()) {
                    TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, nextTry - System.nanoTime()));
                } else if (ours) {
                    worker = null;
                    return null;
                } else {
                    wait();
                }
            } catch (InterruptedException e) {
                LOG.log(System.Logger.Level.DEBUG, "a call was over when it was interrupted", e);
            }
            call = due();
        }
        return call == null ? null : begun(call);
    }

    private boolean isRetrying() {
        return goal == Goal.ACCEPT && again && failure != null;
    }

    /// No switch: what comes at a cutover must not load a class for that.
    private @Nullable Call due() {
        if (underWay != null || place == Place.CLOSED) {
            return null;
        } else if (goal == Goal.CLOSE) {
            return Call.CLOSE;
        } else if (goal == Goal.REST) {
            return failure == null && (place == Place.ACCEPTING || place == Place.UNSURE) ? Call.PAUSE : null;
        } else if (place == Place.ACCEPTING || (failure != null && (!again || nextTry - System.nanoTime() > 0))) {
            return null;
        }
        return started ? Call.RESUME : Call.START;
    }

    private Call begun(Call call) {
        underWay = call;
        if (call == Call.PAUSE) {
            place = Place.UNSURE; // it may have paused long before it returns
        }
        notifyAll(); // whoever waits knows until when by now
        since = System.nanoTime();
        return call;
    }

    private void callHere() throws InterruptedException {
        for (Call call = nextHere(); call != null; call = nextHere()) {
            perform(call);
        }
    }

    private synchronized @Nullable Call nextHere() throws InterruptedException {
        while (underWay != null) {
            wait(); // of ours, and those have a limit
        }
        Call call = due();
        return call == null ? null : begun(call);
    }

    private void perform(Call call) {
        Throwable why = null;
        try {
            if (call == Call.PAUSE) {
                acceptor.pause();
            } else if (call == Call.RESUME) {
                acceptor.resume();
            } else if (call == Call.START) {
                acceptor.start();
            } else {
                acceptor.close();
            }
        } catch (Throwable e) { // whatever it is, the listener must be served on
            why = e;
        }
        ended(call, why);
    }

    private synchronized void ended(Call call, @Nullable Throwable why) {
        boolean late = givenUp;
        underWay = null;
        givenUp = false;
        if (late) {
            Thread.interrupted(); // what comes next has its own time
        }
        notifyAll();
        if (why != null) {
            failed(call, why);
            return;
        }
        if (call == Call.START || call == Call.RESUME) {
            started = true;
            place = Place.ACCEPTING;
            acceptingSince = System.nanoTime();
        } else {
            place = call == Call.PAUSE ? Place.RESTING : Place.CLOSED;
        }
        if (isAt(goal)) {
            failure = null;
        }
        if (troubled && goal == Goal.ACCEPT && place == Place.ACCEPTING) {
            troubled = false;
            LOG.log(System.Logger.Level.INFO, "listener " + listener + " accepts again");
        }
    }

    private void failed(Call call, Throwable why) {
        place = call == Call.CLOSE ? Place.CLOSED : Place.UNSURE;
        boolean towardsGoal = goal == Goal.ACCEPT ? call != Call.PAUSE : goal == Goal.REST && call == Call.PAUSE;
        if (!towardsGoal) {
            LOG.log(System.Logger.Level.WARNING, "listener " + listener + ": " + call.text + " of its acceptor failed",
                    why);
            return;
        }
        boolean first = failure == null;
        failed = call;
        failure = why;
        if (!isRetrying()) {
            return; // whoever waits for it is told
        }
        troubled = true;
        long millis = pauseMillis;
        nextTry = System.nanoTime() + millis * 1_000_000;
        pauseMillis = Math.min(2 * millis, LONGEST_PAUSE_MILLIS);
        revive();
        String what = "listener " + listener + (first ? "" : " still") + " accepts nothing: " + failureText(call, why)
                + "; it is tried again in " + millis + " ms";
        LOG.log(first ? System.Logger.Level.ERROR : System.Logger.Level.WARNING, what, first ? why : null);
    }

    private static String failureText(Call call, Throwable why) {
        return call.text + " of its acceptor failed (" + text(why) + ")";
    }

    private static String text(Throwable why) {
        try {
            String text = String.valueOf(why);
            return text.substring(0, Math.min(text.length(), MOST_TEXT)).replaceAll("\\R", " ").strip();
        } catch (Throwable unsaid) { // the text is the application's
            return why.getClass().getName();
        }
    }

    private String hangingText() {
        Call call = underWay;
        return call == null ? "its acceptor is late"
                : call.text + " of its acceptor has not returned for "
                        + Duration.ofNanos(System.nanoTime() - since).toMillis() + " ms";
    }

    /// Ours have a thread only while they need one.
    private void revive() {
        if (worker == null) {
            worker = startWorker();
        }
    }

    private boolean hangs() {
        return underWay != null && !ours && (givenUp || untilItHangs() <= 0);
    }

    private long untilItHangs() {
        return underWay == null ? Long.MAX_VALUE : limit.toNanos() - (System.nanoTime() - since);
    }

    /// What hangs, so that nothing can be asked of it; empty when nothing does.
    synchronized Optional<String> hanging() {
        return hangs() ? Optional.of(hangingText()) : Optional.empty();
    }

    /// Why it does not accept although it should: one line; empty while it does, or need not.
    synchronized Optional<String> trouble() {
        if (goal != Goal.ACCEPT || place == Place.ACCEPTING || !again) {
            return Optional.empty();
        } else if (hangs()) {
            return Optional.of("listener " + listener + " may accept nothing: " + hangingText()
                    + ", and nothing else can be asked of it before; see where it hangs with jcmd PID Thread.print, and"
                    + " stop the server if it does not end");
        }
        Throwable why = failure;
        return why == null ? Optional.empty()
                : Optional.of("listener " + listener + " accepts nothing: " + failureText(failed, why)
                        + "; it is tried again, at least every " + LONGEST_PAUSE_MILLIS / 1_000
                        + " s, until it works");
    }

    /// Called now and then while it should accept and perhaps does not.
    ///
    /// @return whether that is so
    synchronized boolean look() {
        if (hangs()) {
            giveUp();
            if (System.nanoTime() - reminded > REMIND.toNanos()) {
                reminded = System.nanoTime();
                LOG.log(System.Logger.Level.WARNING, "listener " + listener + " may accept nothing: " + hangingText());
            }
        } else if (isRetrying()) {
            revive();
        }
        return goal == Goal.ACCEPT && again && place != Place.ACCEPTING;
    }

    /// For ours, which serves its queue by itself and is closed then.
    synchronized void leave() {
        goal = Goal.REST;
        place = Place.RESTING;
        failure = null;
        notifyAll();
    }

    /// Whether it was never called.
    synchronized boolean isNew() {
        return place == Place.NEW && underWay == null;
    }

    /// When it last began to accept, as [System#nanoTime()] counts; 0 when it never has.
    long acceptingSinceNanos() {
        return acceptingSince;
    }
}
