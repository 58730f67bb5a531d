package dev.ecdysis.bench.micro;

import dev.ecdysis.internal.accept.LiveConnections;
import dev.ecdysis.internal.accept.LiveConnectionsAccess;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/// What the library adds to each connection: its place among those that are alive, and out again. The channel is
/// closed already, so that no system call is measured.
@State(Scope.Benchmark)
public class LiveConnectionsBenchmark {
    private static final int OTHERS = 1000;

    private final LiveConnections connections = new LiveConnections();

    /// Each thread has a connection of its own.
    @State(Scope.Thread)
    public static class OneConnection {
        private final SocketChannel channel = closed();
    }

    /// Others are alive, as in a server at work.
    @Setup
    public void addOthers() {
        for (int i = 0; i < OTHERS; i++) {
            LiveConnectionsAccess.add(connections, closed());
        }
    }

    @Benchmark
    public long addAndRemove(OneConnection one) {
        return addAndRemoveOnce(one);
    }

    @Benchmark
    @Threads(2)
    public long addAndRemoveByTwoThreads(OneConnection one) {
        return addAndRemoveOnce(one);
    }

    private long addAndRemoveOnce(OneConnection one) {
        LiveConnectionsAccess.add(connections, one.channel);
        LiveConnectionsAccess.end(connections, one.channel);
        return connections.count();
    }

    private static SocketChannel closed() {
        try (SocketChannel channel = SocketChannel.open()) {
            return channel;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
