package dev.ecdysis.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.status.Progress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A server in this process whose upgrades are as good as perfect, but for what is wrong with it: only its number
/// changes.
final class FakeServer implements DemoServer {
    /// What is wrong with it.
    enum Flaw {
        NONE,
        /// It is down for a moment in each upgrade.
        LOSES,
        /// It ends during an upgrade.
        DIES,
        /// It ends once it was upgraded.
        DIES_LATER,
        /// It will not be upgraded.
        REFUSES,
        /// It does not start a second time.
        STARTS_ONCE
    }

    private final InetSocketAddress address;
    private final Flaw flaw;
    private boolean dead;
    private int starts;
    private @Nullable HttpServer server;
    private final AtomicInteger generation = new AtomicInteger();

    FakeServer(Flaw flaw) throws IOException {
        this.flaw = flaw;
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    }

    static FakeServer perfect() throws IOException {
        return new FakeServer(Flaw.NONE);
    }

    @Override
    public SocketAddress start() throws IOException, DemoException {
        if (starts++ > 0 && flaw == Flaw.STARTS_ONCE) {
            throw new DemoException("it ended as it started", List.of("port\u001b[2J in use"));
        }
        serve();
        return address;
    }

    private void serve() throws IOException {
        HttpServer started = HttpServer.create(address, 1024);
        started.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        started.createContext("/", this::answer);
        started.start();
        server = started;
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
        progress.accept(
                new Progress(Phase.INITIALISING, generation.get() + 1, OptionalLong.empty(), Duration.ZERO, 0, ""));
        if (fault.isPresent()) {
            return new UpgradeResult.Failed(Phase.INITIALISING, "the new process ended", OptionalInt.of(3),
                    List.of("boom\u001b[2J"));
        }
        switch (flaw) {
            case REFUSES -> {
                return new UpgradeResult.Refused("not today");
            }
            case LOSES -> {
                beDown();
                serve();
            }
            case DIES, DIES_LATER -> {
                beDown();
                dead = true;
                if (flaw == Flaw.DIES) {
                    throw new IOException("end of stream");
                }
            }
            case NONE, STARTS_ONCE -> {
                // Well.
            }
        }
        return new UpgradeResult.Committed(generation.incrementAndGet(), 1234, Duration.ofMillis(912),
                Duration.ofNanos(93_000));
    }

    /// So long that requests come meanwhile.
    private void beDown() throws IOException {
        stop();
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public Optional<DemoException> problem() {
        return dead ? Optional.of(new DemoException("it ended", List.of("Killed"))) : Optional.empty();
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
