package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.ServiceState;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.process.NotifySocket;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Tells whoever supervises this service which process it is: at the cutover, as the PID file does, and back at a
/// rollback. `READY=1` is said by one that is there to stay: generation 0, one that was committed, or one that has taken
/// back what it had given. On the loop's thread.
final class ServiceManager {
    private static final System.Logger LOG = Log.of(ServiceManager.class);
    private static final Duration PAUSE = Duration.ofMillis(50);
    /// With that pause: 5 s.
    private static final int MOST_TRIES = 100;

    private final NotifySocket socket;
    private final EventLoop loop;
    private Timers.@Nullable Handle again;

    ServiceManager(NotifySocket socket, EventLoop loop) {
        this.socket = socket;
        this.loop = loop;
    }

    void tell(ServiceState state) {
        say(switch (state) {
            case ON_PROBATION -> "MAINPID=" + OwnProcess.pid();
            case SERVING -> "MAINPID=" + OwnProcess.pid() + "\nREADY=1";
            case STOPPING -> "STOPPING=1";
        });
    }

    /// Instead of what was not sent yet.
    private void say(String lines) {
        close();
        attempt(lines, 1);
    }

    private void attempt(String lines, int count) {
        again = null;
        try {
            if (socket.send(lines)) {
                return;
            }
            if (count < MOST_TRIES) {
                again = loop.schedule(PAUSE, () -> attempt(lines, count + 1));
                return;
            }
            LOG.log(System.Logger.Level.WARNING, "cannot tell the service manager at " + socket
                    + " that this process serves: it does not read; look after it");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot tell the service manager that this process serves: "
                    + e.getMessage());
        }
    }

    void close() {
        if (again != null) {
            again.cancel();
            again = null;
        }
    }
}
