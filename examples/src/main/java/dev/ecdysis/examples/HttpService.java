package dev.ecdysis.examples;

import dev.ecdysis.ConnectionHandler;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// HTTP/1.1 with keep-alive, for the four resources of [Route].
///
/// While it drains, each response says `Connection: close`, and idle connections are left to [IdleCloser].
final class HttpService implements Service {
    private final int generation;
    private final Responses responses;
    private final Traffic traffic;
    private final IdleCloser closer;

    HttpService(int generation, long processId, Duration idleGrace, Traffic traffic) {
        this.generation = generation;
        this.responses = new Responses(generation, processId);
        this.traffic = traffic;
        this.closer = new IdleCloser(idleGrace);
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public void announce() {
        closer.announce();
        Console.line("draining generation=" + generation + " connections=" + closer.size());
    }

    @Override
    public ConnectionHandler handler(boolean tcp) {
        return new ConnectionHandler() {
            @Override
            public void handle(SocketChannel connection) throws InterruptedException {
                serve(connection, tcp);
            }
        };
    }

    private void serve(SocketChannel channel, boolean tcp) throws InterruptedException {
        IdleState idle = new IdleState(channel, tcp);
        closer.add(idle);
        try {
            if (tcp) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            new HttpConnection(channel, tcp, this, idle).serve();
        } catch (IOException e) {
            // The peer is gone, does not close its side, or the drain deadline has passed.
        } finally {
            closer.remove(idle);
        }
    }

    boolean isDraining() {
        return closer.isDraining();
    }

    Responses responses() {
        return responses;
    }

    Traffic traffic() {
        return traffic;
    }

    IdleCloser closer() {
        return closer;
    }
}
