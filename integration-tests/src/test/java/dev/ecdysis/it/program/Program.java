package dev.ecdysis.it.program;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.Address;
import dev.ecdysis.Ecdysis;
import dev.ecdysis.Exit;
import dev.ecdysis.Listener;
import dev.ecdysis.Phase;
import dev.ecdysis.Signal;
import dev.ecdysis.UpgradeObserver;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.spi.Exclusive;
import dev.ecdysis.spi.StepContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A small HTTP server whose every step can be held by a [gate][Gates]: `spawning`, `initialising`, `let-go`,
/// `take`, `take-back`, `health`.
public final class Program {
    private static final AtomicInteger HEALTH_CHECKS = new AtomicInteger();

    private Program() {
    }

    public static void main(String[] arguments) throws InterruptedException, IOException {
        Settings settings = Settings.of(arguments);
        Gates gates = new Gates(Path.of(settings.get("folder")).resolveSibling("gates"));
        Optional<EarlyEnd> early = EarlyEnd.of(settings);
        if (early.isPresent()) {
            early.get().carryOut(builder(settings, gates));
            return;
        }
        int status = run(settings, gates, List.of(arguments));
        say("ends status=" + status + " pid=" + ProcessHandle.current().pid());
        if (status != 0) {
            System.exit(status);
        }
    }

    private static int run(Settings settings, Gates gates, List<String> arguments) throws InterruptedException {
        gates.pass("spawning");
        try (Ecdysis ecdysis = builder(settings, gates).start()) {
            if (settings.has("stops-by-call")) {
                Thread.ofPlatform().daemon().name("stops-by-call").start(() -> stopWhenTold(ecdysis, gates));
            }
            if (settings.has("fills-heap")) {
                long nanos = settings.millis("fills-heap", 0).toNanos();
                Thread.ofPlatform().daemon().name("fills-heap").start(() -> FullHeap.fillWhenTold(gates, nanos));
            }
            if (settings.has("exclusive")) {
                ecdysis.register("resource", new Held(gates));
            }
            List<String> addresses = new ArrayList<>();
            for (Listener listener : open(ecdysis, settings)) {
                serve(listener, new Http(ecdysis, arguments), settings);
                addresses.add(address(listener));
            }
            if (settings.has("hang-file") && Files.exists(Path.of(settings.get("hang-file")))) {
                hang();
            }
            if (settings.has("helper-in") && ecdysis.generation() == settings.millis("helper-in", 0).toMillis()) {
                startHelper();
            }
            gates.pass("initialising");
            if (settings.has("seize-file") && Files.exists(Path.of(settings.get("seize-file")))) {
                Seizure.begin(Files.readString(Path.of(settings.get("seize-file"))).strip(), gates);
            }
            ecdysis.ready();
            say("serving generation=" + ecdysis.generation() + " pid=" + ProcessHandle.current().pid()
                    + " addresses="
                    + String.join(",", addresses));
            if (settings.has("awaits-predecessor")) {
                awaitPredecessor(ecdysis, settings.millis("awaits-predecessor", 0));
            }
            Exit exit = ecdysis.awaitExit();
            say("exiting pid=" + ProcessHandle.current().pid() + " " + exit);
            return exit.status();
        } catch (AbandonedException e) {
            warn((e.isStopped() ? "stopped before it was ready: " : "abandoned: ") + e.getMessage());
            return e.isStopped() ? 0 : 1;
        } catch (IOException e) {
            warn("cannot serve: " + e.getMessage());
            return 1;
        }
    }

    /// Writes to both streams that it inherits, for as long as it can.
    private static void startHelper() throws IOException {
        String script = "n=0; while sleep 0.1; do n=$((n + 1)); echo tick $n; echo tock $n >&2; done";
        say("helper pid=" + new ProcessBuilder("sh", "-c", script).inheritIO().start().pid());
    }

    private static void stopWhenTold(Ecdysis ecdysis, Gates gates) {
        long pid = ProcessHandle.current().pid();
        try {
            gates.awaitOrder("stop-" + pid);
            ecdysis.stop();
            say("stop was called pid=" + pid);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void serve(Listener listener, Http http, Settings settings) throws IOException {
        if (settings.has("own-acceptor")) {
            OwnAcceptor own = new OwnAcceptor(listener, http,
                    new Faults(Path.of(settings.get("folder")).resolveSibling("faults")));
            switch (settings.get("own-acceptor")) {
                case "uncounted" -> listener.register(own.withoutCounting());
                case "counted-apart" -> listener.register(own.withoutCounting(), own);
                default -> listener.register(own);
            }
        } else {
            listener.serve(http);
        }
    }

    /// Hardly at all first, then for as long as it was told to.
    private static void awaitPredecessor(Ecdysis ecdysis, Duration atMost) throws InterruptedException {
        String who = "predecessor of generation " + ecdysis.generation();
        say(who + " first gone=" + ecdysis.awaitPredecessor(Duration.ofMillis(1)));
        say(who + " then gone=" + ecdysis.awaitPredecessor(atMost));
    }

    /// On both streams: standard error goes through the predecessor, which may be dead.
    private static void warn(String text) {
        System.err.println("warning: " + text);
        say(text);
    }

    private static Ecdysis.Builder builder(Settings settings, Gates gates) {
        Path folder = Path.of(settings.get("folder"));
        Ecdysis.Builder builder = Ecdysis.builder().upgradeOn(Signal.HUP).stopOn(Signal.TERM)
                .controlSocket(folder.resolve(settings.getOr("control", "control.sock")))
                .pidFile(folder.resolve(settings.getOr("pid-file", "server.pid")))
                .probation(settings.millis("probation", 0))
                .drainDeadline(settings.millis("drain", 60_000))
                .lowPriorityBoot(settings.millis("low-priority-boot", 60_000))
                .silenceTimeout(settings.millis("silence", 60_000))
                .handoverTimeout(settings.millis("handover", 120_000))
                .readyTimeout(settings.millis("ready", 120_000))
                .maxDraining((int) settings.millis("most-draining", 3).toMillis())
                .healthCheckTimeout(settings.millis("health", 120_000))
                .observer(new Observer());
        return settings.has("no-health-check") ? builder : builder.healthCheck(() -> checkHealth(settings, gates));
    }

    private static void checkHealth(Settings settings, Gates gates) throws InterruptedException {
        say("health check " + HEALTH_CHECKS.incrementAndGet() + " pid=" + ProcessHandle.current().pid());
        gates.pass("health");
        if (settings.has("ill-file") && Files.exists(Path.of(settings.get("ill-file")))) {
            throw new IllegalStateException("this version is ill");
        }
    }

    private static List<Listener> open(Ecdysis ecdysis, Settings settings) throws IOException {
        List<Listener> listeners = new ArrayList<>();
        for (String named : named(settings)) {
            int equals = named.indexOf('=');
            listeners.add(
                    ecdysis.listen(named.substring(0, equals), Address.parse(named.substring(equals + 1))));
        }
        return listeners;
    }

    /// `name=address` pairs, from a file that each generation reads anew, or numbered in the order of the
    /// argument.
    private static List<String> named(Settings settings) throws IOException {
        if (settings.has("listen-file")) {
            return Files.readAllLines(Path.of(settings.get("listen-file")));
        }
        List<String> named = new ArrayList<>();
        for (String address : settings.getOr("listen", "tcp:127.0.0.1:0").split(",", -1)) {
            named.add("listener-" + named.size() + "=" + address);
        }
        return named;
    }

    private static String address(Listener listener) {
        return listener.localAddress() instanceof InetSocketAddress inet
                ? "tcp:" + inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : listener.address().toString();
    }

    /// What no library can end from within: a thread that ignores everything, and a shutdown hook as well.
    private static void hang() {
        Runnable forEver = () -> {
            while (true) {
                LockSupport.park();
                Thread.interrupted();
            }
        };
        Thread.ofPlatform().daemon(false).name("hanging").start(forEver);
        Runtime.getRuntime().addShutdownHook(new Thread(forEver, "hanging-hook"));
    }

    /// One write for the line and its end, so that the lines of two processes do not mix.
    static void say(String line) {
        System.out.print(line + "\n");
        System.out.flush();
    }

    /// Can be held at each step, and says when it was taken back.
    private record Held(Gates gates) implements Exclusive {
        @Override
        public void letGo(StepContext context) throws InterruptedException {
            gates.pass("let-go");
        }

        @Override
        public void take(StepContext context) throws InterruptedException {
            gates.pass("take");
        }

        @Override
        public void takeBack(StepContext context) throws InterruptedException {
            gates.pass("take-back");
            say("taken back pid=" + ProcessHandle.current().pid());
        }
    }

    private static final class Observer implements UpgradeObserver {
        @Override
        public void phase(Phase phase, int generation, String detail) {
            say("phase " + phase + " generation=" + generation + " pid=" + ProcessHandle.current().pid());
        }

        @Override
        public void result(UpgradeResult result) {
            say("result " + result);
        }
    }

    /// `name=value` arguments; others are none of its business.
    record Settings(List<String> arguments) {
        static Settings of(String[] arguments) {
            return new Settings(List.of(arguments));
        }

        boolean has(String name) {
            return arguments.stream().anyMatch(argument -> argument.startsWith(name + "="));
        }

        String get(String name) {
            return arguments.stream().filter(argument -> argument.startsWith(name + "=")).findFirst()
                    .orElseThrow()
                    .substring(name.length() + 1);
        }

        String getOr(String name, String otherwise) {
            return has(name) ? get(name) : otherwise;
        }

        Duration millis(String name, long otherwise) {
            return Duration.ofMillis(Long.parseLong(getOr(name, Long.toString(otherwise))));
        }
    }
}
