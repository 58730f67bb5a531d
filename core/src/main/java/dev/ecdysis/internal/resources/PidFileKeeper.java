package dev.ecdysis.internal.resources;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.process.PidFile;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps the PID file naming the process that serves. After a rollback it names the dead successor until it is written
/// again; where it cannot be, on a full disk, say, it is removed and tried again, because no PID file is better than one
/// that names a stranger before long. From any thread.
public final class PidFileKeeper {
    private static final System.Logger LOG = Log.of(PidFileKeeper.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Survival survival = new Survival(LOG, "the PID file could not be written again");
    private final Optional<PidFile> file;
    private final Optional<PidFileOwner> owner;
    private final Duration pause;
    private @Nullable Thread retrying;
    private volatile String trouble = "";

    /// @param owner who is asked once more before the file is written for the first time: another server may have been
    ///        started while this one initialised. Empty in a successor, which takes it from its predecessor
    public PidFileKeeper(Optional<PidFile> file, Optional<PidFileOwner> owner) {
        this(file, owner, PAUSE);
    }

    /// @param pause between two tries
    public PidFileKeeper(Optional<PidFile> file, Optional<PidFileOwner> owner, Duration pause) {
        this.file = file;
        this.owner = owner;
        this.pause = pause;
    }

    /// Asks who is named by now, which may take seconds: not on the loop.
    ///
    /// @throws EcdysisException when it is another server's
    void check() throws EcdysisException {
        if (owner.isPresent()) {
            owner.get().check();
        }
    }

    /// Names this process, because it serves from now on.
    void write() throws IOException {
        if (file.isPresent()) {
            file.get().write();
        }
    }

    /// Names this process again, because the other one was not kept: sooner or later.
    void restore() {
        if (file.isEmpty()) {
            return;
        }
        try {
            file.get().write();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "after a rollback: " + OneLine.of(e) + "; it is tried again every "
                    + PAUSE.toSeconds() + " s");
            keepTrying(file.get(), e);
        }
    }

    private synchronized void keepTrying(PidFile wrong, IOException why) {
        leave();
        retrying = Thread.ofPlatform().daemon().name("ecdysis-pid-file").start(() -> retry(wrong));
        failed(wrong, why); // last: it may fail itself, without memory
    }

    private void failed(PidFile wrong, IOException why) {
        String also = "";
        try {
            wrong.removeUnlessOurs();
        } catch (IOException e) {
            also = "; nor can it be removed (" + OneLine.of(e) + "), and it may name a process that is dead";
        }
        trouble = OneLine.of(why) + also;
    }

    private void retry(PidFile wrong) {
        try {
            boolean written = false;
            while (!written) {
                Thread.sleep(pause);
                written = survival.hasMemory() && isWritten(wrong);
            }
        } catch (InterruptedException e) {
            return; // another process serves, or none
        }
    }

    private boolean isWritten(PidFile wrong) {
        try {
            return tryAgain(wrong);
        } catch (Throwable e) { // without memory, say
            survival.failed(e);
            return false;
        }
    }

    private boolean tryAgain(PidFile wrong) {
        try {
            wrong.write();
        } catch (IOException e) {
            stillFails(wrong, e);
            return false;
        }
        written();
        return true;
    }

    /// Only while this process serves: what another has written by then is right.
    private synchronized void stillFails(PidFile wrong, IOException why) {
        if (retrying == Thread.currentThread()) {
            failed(wrong, why);
        }
    }

    private synchronized void written() {
        if (retrying == Thread.currentThread()) {
            retrying = null;
            trouble = "";
            LOG.log(System.Logger.Level.INFO, "the PID file names this process again");
        } else {
            // It came too late, and may have taken the place of what the process that serves by now has written.
            remove(List.of());
        }
    }

    /// Another process is about to serve, or none: nothing is written any more.
    synchronized void leave() {
        Thread thread = retrying;
        retrying = null;
        trouble = "";
        if (thread != null) {
            thread.interrupt();
        }
    }

    /// Removes it if it names this process, or one of these, which have ended or end with this one.
    void remove(List<Long> others) {
        if (file.isEmpty()) {
            return;
        }
        try {
            file.get().removeIfOurs();
            file.get().removeIfNaming(others);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "could not remove the PID file", e);
        }
    }

    /// What is wrong with it, one line; empty when nothing is.
    String trouble() {
        return trouble;
    }
}
