package dev.ecdysis.internal.notify;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.process.NotifySocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Datagrams to the service manager, in their order, also when it does not read for a while. On the loop's thread.
final class Outgoing {
    private static final System.Logger LOG = Log.of(Outgoing.class);
    private static final Duration PAUSE = Duration.ofMillis(50);
    /// With that pause: 5 s.
    private static final int MOST_TRIES = 100;
    private static final int MOST_WAITING = 100;

    private final NotifySocket socket;
    private final EventLoop loop;
    private final Deque<Datagram> waiting = new ArrayDeque<>();
    private int tries;
    private Timers.@Nullable Handle again;
    private String lastTrouble = "";

    /// @param descriptors closed when it has been sent, or will not be
    private record Datagram(String lines, List<Fd> descriptors) {
        void close() {
            descriptors.forEach(Fd::close);
        }
    }

    Outgoing(NotifySocket socket, EventLoop loop) {
        this.socket = socket;
        this.loop = loop;
    }

    void send(String lines) {
        send(lines, List.of());
    }

    /// @param descriptors owned by this from now on
    void send(String lines, List<Fd> descriptors) {
        waiting.add(new Datagram(lines, descriptors));
        if (waiting.size() > MOST_WAITING) {
            waiting.remove().close();
        }
        if (again == null) {
            flush();
        }
    }

    /// Nothing is taken out before it is in the kernel's hands: without memory this is done again.
    private void flush() {
        again = null;
        while (!waiting.isEmpty()) {
            Datagram first = waiting.element();
            try {
                if (!socket.send(first.lines(), first.descriptors())) {
                    if (++tries < MOST_TRIES) {
                        again = loop.schedule(PAUSE, this::flush);
                        return;
                    }
                    complain("the service manager at " + socket + " does not read, and is not told "
                            + first.lines().replace('\n', ' ') + "; look after it");
                }
            } catch (IOException e) {
                complain("cannot tell the service manager: " + e.getMessage());
            }
            waiting.remove().close();
            tries = 0;
        }
    }

    /// Once, however often it happens.
    private void complain(String trouble) {
        if (!trouble.equals(lastTrouble)) {
            lastTrouble = trouble;
            LOG.log(System.Logger.Level.WARNING, trouble);
        }
    }

    void close() {
        if (again != null) {
            again.cancel();
            again = null;
        }
        waiting.forEach(Datagram::close);
        waiting.clear();
    }
}
