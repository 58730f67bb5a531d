package dev.ecdysis.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.Progress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A server in this process whose upgrades are as good as perfect: only its number changes.
final class FakeServer implements DemoServer {
    private final InetSocketAddress address;
    private final boolean losing;
    private @Nullable HttpServer server;
    private final AtomicInteger generation = new AtomicInteger();

    private FakeServer(boolean losing) throws IOException {
        this.losing = losing;
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    }

    static FakeServer perfect() throws IOException {
        return new FakeServer(false);
    }

    /// One that is down for a moment in each upgrade.
    static FakeServer losing() throws IOException {
        return new FakeServer(true);
    }

    @Override
    public SocketAddress start() throws IOException {
        HttpServer started = HttpServer.create(address, 1024);
        started.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        started.createContext("/", this::answer);
        started.start();
        server = started;
        return address;
    }

    @Override
    public void stop() {
        HttpServer running = server;
        if (running != null) {
            running.stop(0);
        }
        server = null;
    }

    @Override
    public UpgradeResult upgrade(Optional<String> fault, Consumer<Progress> progress) throws IOException {
        progress.accept(new Progress(Phase.INITIALISING, generation.get() + 1, Duration.ZERO, 0, ""));
        if (fault.isPresent()) {
            return new UpgradeResult.Failed(Phase.INITIALISING, "the new process ended", OptionalInt.of(3),
                    List.of("boom\u001b[2J"));
        }
        if (losing) {
            stop();
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            start();
        }
        return new UpgradeResult.Committed(generation.incrementAndGet(), 1234, Duration.ofMillis(912),
                Duration.ofNanos(93_000));
    }

    @Override
    public Optional<DemoException> problem() {
        return Optional.empty();
    }

    @Override
    public void end() {
        stop();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = "hello".getBytes(StandardCharsets.US_ASCII);
        exchange.getResponseHeaders().set("X-Generation", generation.toString());
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
