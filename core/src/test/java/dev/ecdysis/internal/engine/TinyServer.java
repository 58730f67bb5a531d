package dev.ecdysis.internal.engine;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.Address;
import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Exit;
import dev.ecdysis.Listener;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.UpgradeObserver;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A server on the faulting twin: in the test's JVM as generation 0, and as the program of its successors. Each
/// connection gets one line: the generation, its pid, whether its fault has happened, and the calls so far.
public final class TinyServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    /// The exit status of one that dies.
    static final int HALTED = 7;
    private static final int SIGSTOP = 19;
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    final FaultingPosix posix;
    public final Ecdysis ecdysis;
    /// Of the upgrades that it was asked for, as its observer was told.
    final BlockingQueue<UpgradeResult> results = new LinkedBlockingQueue<>();
    private final Listener listener;
    private @Nullable Listener old;

    public TinyServer(Path folder, FaultingPosix posix, Behaviour behaviour) throws EcdysisException {
        this(folder, posix, behaviour, PATIENCE);
    }

    /// @param silence how long its successor may be silent
    public TinyServer(Path folder, FaultingPosix posix, Behaviour behaviour, Duration silence) throws EcdysisException {
        this.posix = posix;
        this.ecdysis = builder(folder, posix).silenceTimeout(silence).healthCheck(() -> answerHealth(behaviour))
                .observer(new UpgradeObserver() {
                    @Override
                    public void result(UpgradeResult result) {
                        results.add(result);
                    }
                }).start();
        boolean listening = false;
        try {
            this.listener = listen("tiny", Tcp.of(HOST, 0));
            listen("path", Unix.of(path(folder)));
            if (!ecdysis.isSuccessor()) {
                old = listen("old", Tcp.of(HOST, 0));
                listen("old-path", Unix.of(oldPath(folder)));
            }
            listening = true;
        } finally {
            if (!listening) {
                ecdysis.close();
            }
        }
    }

    private Listener listen(String name, Address address) throws EcdysisException {
        Listener opened = ecdysis.listen(name, address);
        opened.serve(this::answer);
        return opened;
    }

    private static void answerHealth(Behaviour behaviour) throws IOException, InterruptedException {
        switch (behaviour) {
            case SILENT -> standStill();
            case DIES -> Runtime.getRuntime().halt(HALTED);
            case SERVES, REFUSES -> {
                return;
            }
        }
    }

    /// Never returns: the thread that sends the signal may run on for a moment, long enough to say that all is well.
    private static void standStill() throws IOException, InterruptedException {
        LinuxPosix kernel = LinuxPosix.open();
        try (Fd self = kernel.pidfdOpen((int) ProcessHandle.current().pid())) {
            kernel.pidfdSendSignal(self, SIGSTOP);
            new CountDownLatch(1).await();
        }
    }

    private static Ecdysis.Builder builder(Path folder, FaultingPosix posix) {
        return new EngineBuilder(() -> posix).controlSocket(control(folder)).pidFile(folder.resolve("tiny.pid"))
                .probation(Duration.ofMillis(20))
                .readyTimeout(Duration.ofSeconds(60)).handoverTimeout(Duration.ofSeconds(10))
                // Whoever stays longer is killed, and generation 0 is the JVM that runs the tests.
                .drainDeadline(Duration.ofMinutes(30)).command(command(folder));
    }

    public static Path control(Path folder) {
        return folder.resolve("control.sock");
    }

    /// What every generation listens on.
    static Path path(Path folder) {
        return folder.resolve("tiny.sock");
    }

    /// What only generation 0 listens on, so that it serves the queue itself when it has been replaced.
    static Path oldPath(Path folder) {
        return folder.resolve("old.sock");
    }

    private static List<String> command(Path folder) {
        List<String> words = new ArrayList<>(java(TinyServer.class));
        words.add(folder.toString());
        return words;
    }

    /// A command that starts another JVM, as light as it can be, with this library and these tests.
    static List<String> java(Class<?> main) {
        String classPath = place(TinyServer.class) + ":" + place(Engine.class);
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "-cp", classPath,
                main.getName());
    }

    private static String place(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    private void answer(SocketChannel connection) throws IOException {
        String line = ecdysis.generation() + " " + ProcessHandle.current().pid() + " " + posix.injected().isPresent()
                + " " + String.join(",", posix.calls()) + "\n";
        connection.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    }

    UpgradeResult awaitResult(Duration limit) throws InterruptedException {
        return Objects.requireNonNull(results.poll(limit.toNanos(), TimeUnit.NANOSECONDS), "an upgrade without an end");
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    /// What only generation 0 listens on.
    InetSocketAddress oldAddress() {
        return (InetSocketAddress) Objects.requireNonNull(old).localAddress();
    }

    @Override
    public void close() {
        ecdysis.close();
    }

    /// The successor.
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        Behaviour behaviour = Behaviour.read(folder);
        VirtualThreads.waitForASocketOnce();
        FaultingPosix posix = new FaultingPosix(LinuxPosix.open());
        Fault.read(folder).armForSuccessor(posix, folder);
        try (TinyServer server = new TinyServer(folder, posix, behaviour)) {
            if (behaviour == Behaviour.REFUSES) {
                server.ecdysis.fail("it does not want to");
            }
            server.ecdysis.ready();
            Exit exit = server.ecdysis.awaitExit();
            System.err.println(exit);
        } catch (AbandonedException e) {
            System.err.println("abandoned: " + e.getMessage());
            System.exit(3);
        }
    }
}
