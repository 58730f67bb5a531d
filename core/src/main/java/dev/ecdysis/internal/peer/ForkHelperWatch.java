package dev.ecdysis.internal.peer;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.process.ForkHelper;
import dev.ecdysis.internal.process.SuccessorProcess;
import java.util.ArrayList;
import java.util.List;

/// Collects what is between this process and a successor once it has ended, and ends it before when the successor is to
/// be somebody else's child. On the loop's thread.
final class ForkHelperWatch {
    private static final System.Logger LOG = Log.of(ForkHelperWatch.class);

    private final Posix posix;
    private final ForkHelper helper;
    private final EventLoop.Watch end;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean gone;

    ForkHelperWatch(Posix posix, EventLoop loop, ForkHelper helper) {
        this.posix = posix;
        this.helper = helper;
        this.end = loop.watch(helper.pidfd(), 0, this::onEnd);
        end.interest(Linux.POLLIN);
    }

    /// Ends it; its child goes on.
    ///
    /// @param then called when it has gone, at once when it has by now
    void dismiss(Runnable then) {
        if (gone) {
            then.run();
            return;
        }
        waiting.add(then);
        SuccessorProcess.kill(posix, helper.pidfd());
    }

    private void onEnd() {
        end.close();
        gone = true;
        try {
            posix.waitid(helper.pidfd());
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage());
        }
        helper.pidfd().close();
        waiting.forEach(Runnable::run);
    }
}
