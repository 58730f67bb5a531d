package dev.ecdysis.demo;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.UpgradeResult.Committed;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.status.Progress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The http example as processes of their own, upgraded over its control socket like any server.
final class ExampleServer implements DemoServer {
    private static final Pattern SERVING = Pattern
            .compile("^serving generation=0 .*addresses=tcp:127\\.0\\.0\\.1:(\\d+)$", Pattern.MULTILINE);
    private static final Duration START_AT_MOST = Duration.ofSeconds(30);
    private static final Duration STOP_AT_MOST = Duration.ofSeconds(20);
    private static final Duration CONNECT_AT_MOST = Duration.ofSeconds(5);
    private static final Duration UPGRADE_AT_MOST = Duration.ofSeconds(90);
    private static final Duration END_AT_MOST = Duration.ofSeconds(12);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final int LAST_WORDS = 10;

    private final Path jar;
    private final Path folder;
    private final int port;
    private @Nullable Process process;
    private long servingPid;
    private int starts;
    private volatile boolean closed;

    private ExampleServer(Path jar, Path folder, int port) {
        this.jar = jar;
        this.folder = folder;
        this.port = port;
    }

    /// Not started yet; its files are in a new temporary folder.
    static ExampleServer inTemporaryFolder() throws IOException, DemoException {
        Path home = Path.of(System.getProperty("ecdysis.home", ""));
        Path jar = home.resolve("examples/target/ecdysis-examples.jar").toAbsolutePath();
        if (!Files.isReadable(jar)) {
            throw new DemoException(
                    "the http example is missing: " + jar + "; build it with 'mvn package', or run"
                            + " ./ecdysis, which does");
        }
        int port = Ports.free();
        return new ExampleServer(jar, Files.createTempDirectory("ecdysis-demo-"), port);
    }

    @Override
    public SocketAddress start() throws IOException, DemoException, InterruptedException {
        // Files, not pipes: they outlive generation 0, and the JDK drains the pipes of a child that has
        // ended.
        Path out = folder.resolve("start-" + starts++ + ".out");
        Process started = new ProcessBuilder(command())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()))
                .start();
        process = started;
        servingPid = started.pid();
        long deadline = System.nanoTime() + START_AT_MOST.toNanos();
        while (System.nanoTime() < deadline) {
            Matcher matcher = SERVING.matcher(Files.readString(out));
            if (matcher.find()) {
                return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"),
                        Integer.parseInt(matcher.group(1)));
            }
            if (!started.isAlive()) {
                throw new DemoException(
                        "the http example ended as it started, exit status " + started.exitValue(),
                        lastWords());
            }
            Thread.sleep(POLL);
        }
        throw new DemoException("the http example did not serve within " + START_AT_MOST.toSeconds() + " s",
                lastWords());
    }

    @Override
    public void stop() throws DemoException, InterruptedException {
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroy();
        if (!running.waitFor(STOP_AT_MOST.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new DemoException("the http example did not stop within " + STOP_AT_MOST.toSeconds() + " s",
                    lastWords());
        }
        process = null;
    }

    @Override
    public UpgradeResult upgrade(Optional<String> fault, Consumer<Progress> progress) throws IOException {
        if (fault.isPresent()) {
            Files.writeString(faultFile(), fault.get() + "\n");
        } else {
            Files.deleteIfExists(faultFile());
        }
        try (ControlClient client = ControlClient.connect(controlSocket(), CONNECT_AT_MOST)) {
            // The server has time limits of its own; this is for one that hangs.
            Thread limit = Thread.ofVirtual().start(() -> closeAfter(UPGRADE_AT_MOST, client));
            try {
                UpgradeResult result = client.upgrade(progress);
                if (result instanceof Committed committed) {
                    servingPid = committed.pid();
                }
                return result;
            } finally {
                limit.interrupt();
            }
        }
    }

    @Override
    public Optional<DemoException> problem() {
        if (closed || process == null
                || Leftovers.isRunning(servingPid, folder)) {
            return Optional.empty();
        }
        return Optional
                .of(new DemoException("the server ended although nobody asked it to (pid " + servingPid + ")",
                        lastWords()));
    }

    @Override
    public synchronized void end() {
        if (!closed) {
            closed = true;
            Leftovers.end(folder, END_AT_MOST);
            Leftovers.delete(folder);
        }
    }

    private List<String> command() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
                jar.toString(),
                "http", "--listen", "tcp:127.0.0.1:" + port, "--control", controlSocket().toString(),
                "--pid-file", folder.resolve("server.pid").toString(), "--fault-file", faultFile().toString(),
                "--probation", "500ms", "--drain", "10s", "--max-draining", "10");
    }

    private List<String> lastWords() {
        try {
            List<String> lines = Files.readString(errors()).lines().toList();
            return lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    private Path controlSocket() {
        return folder.resolve("control.sock");
    }

    private Path faultFile() {
        return folder.resolve("fault");
    }

    private Path errors() {
        return folder.resolve("server.err");
    }

    private static void closeAfter(Duration delay, ControlClient client) {
        try {
            Thread.sleep(delay);
            client.close();
        } catch (InterruptedException e) {
            // The upgrade was over in time.
        }
    }
}
