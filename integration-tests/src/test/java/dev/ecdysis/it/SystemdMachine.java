package dev.ecdysis.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A real systemd, process 1 of namespaces of its own, which the script `src/test/systemd/machine` boots. For a static
/// field with `@RegisterExtension`: booted once for all test classes but those that want one of their own, shut down after
/// the last one, and at the latest when this JVM ends. After each test its units are stopped and removed. Tests may run side
/// by side.
///
/// Where it cannot be booted, tests that need it are skipped, and say why; with `ECDYSIS_REQUIRE_SYSTEMD=yes` in the
/// environment they fail. Inside, the repository and the JDK are there by the same paths, read-only, and [#folder()] to
/// be written to. Its network is its own: clients run inside.
final class SystemdMachine implements BeforeAllCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SystemdMachine.class);
    private static final Path SCRIPT = home().resolve("integration-tests/src/test/systemd/machine");
    private static final int CANNOT = 77;
    /// Making the tree, once on a machine, is most of it.
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(12);
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(90);

    private static final Duration LOOK = Duration.ofMillis(40);

    private final boolean shared;
    /// Where the system that is booted lies; by default the small Debian of the script.
    private final Optional<String> tree;
    private Booted machine;
    /// Of the test that runs on a thread.
    private final ThreadLocal<Set<String>> ofTheTest = ThreadLocal.withInitial(TreeSet::new);

    SystemdMachine() {
        this(true, Optional.empty());
    }

    private SystemdMachine(boolean shared, Optional<String> tree) {
        this.shared = shared;
        this.tree = tree;
    }

    /// For a class whose tests do to systemd what others would notice.
    static SystemdMachine ofItsOwn() {
        return new SystemdMachine(false, Optional.empty());
    }

    /// With the systemd that is installed on this machine, which may be older, or not there at all.
    static SystemdMachine ofThisSystem() {
        return new SystemdMachine(false, Optional.of("/"));
    }

    /// What came of a command.
    record Result(int status, String out, String err) {
        /// For commands that must succeed.
        String orFail() {
            if (status != 0) {
                throw new AssertionError("exit status " + status + "\n" + out + err);
            }
            return out.strip();
        }
    }

    /// The one that runs.
    private static final class Booted implements AutoCloseable {
        private final Path state;
        private final Path folder;
        private final Process keeper;
        private int version;

        private Booted(Path state, Path folder, Process keeper) {
            this.state = state;
            this.folder = folder;
            this.keeper = keeper;
        }

        /// Its keeper shuts it down when its stdin ends.
        @Override
        public void close() throws IOException {
            keeper.getOutputStream().close();
            try {
                keeper.onExit().get(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                throw new IOException("the machine does not shut down; it is killed", e);
            } finally {
                keeper.destroyForcibly(); // which takes the machine along
            }
            deleteAll(state);
            deleteAll(folder);
        }
    }

    private static Path home() {
        return Path.of(System.getProperty("ecdysis.home", "..")).toAbsolutePath().normalize();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        // The store is closed after all classes, and closes what is in it.
        var store = (shared ? context.getRoot() : context).getStore(NAMESPACE);
        Attempt attempt = store.computeIfAbsent(shared ? "machine" : "own machine", _ -> boot(tree), Attempt.class);
        if (attempt.machine.isEmpty()) {
            if ("yes".equals(System.getenv("ECDYSIS_REQUIRE_SYSTEMD"))) {
                throw new AssertionError(attempt.why);
            }
            Assumptions.abort("SKIPPED, there is no systemd to test with: " + attempt.why);
        }
        machine = attempt.machine.get();
    }

    /// @param why there is no machine
    private record Attempt(Optional<Booted> machine, String why) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (machine.isPresent()) {
                machine.get().close();
            }
        }
    }

    private static Attempt boot(Optional<String> tree) {
        try {
            Path state = Files.createTempDirectory("ecdysis-systemd-");
            Path folder = Files.createTempDirectory("ecdysis-systemd-shared-");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Path err = state.resolve("boot.err");
            ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString(), "boot", state.toString(), "--read-only",
                    home().toString(), "--read-only", System.getProperty("java.home"), "--writable",
                    folder.toString()).redirectError(err.toFile());
            tree.ifPresent(path -> builder.environment().put("ECDYSIS_SYSTEMD_TREE", path));
            Process keeper = builder.start();
            Booted machine = new Booted(state, folder, keeper);
            String up = firstLine(keeper);
            if (up.startsWith("up ")) {
                machine.version = Integer.parseInt(up.substring("up ".length()));
                return new Attempt(Optional.of(machine), "");
            }
            int status = keeper.waitFor();
            String why = Files.readString(err).strip();
            machine.close();
            if (status != CANNOT && tree.isEmpty()) { // what somebody else has installed may have what keeps it from booting
                throw new AssertionError("exit status " + status + " of " + SCRIPT + "\n" + why);
            }
            return new Attempt(Optional.empty(), why);
        } catch (IOException e) {
            return new Attempt(Optional.empty(), String.valueOf(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Attempt(Optional.empty(), "interrupted");
        }
    }

    /// Empty when it ends without one, or takes too long.
    private static String firstLine(Process keeper) throws IOException {
        var watchdog = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(BOOT_LIMIT);
                keeper.destroy();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            String line = keeper.inputReader(StandardCharsets.UTF_8).readLine();
            return line == null ? "" : line;
        } finally {
            watchdog.interrupt();
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Set<String> units = ofTheTest.get();
        for (String unit : units) {
            // Whatever the test left: it may not have a main process, nor listen to signals.
            String all = unit.replace("@.", "@*."); // of a template
            run("systemctl", "kill", "--signal=SIGKILL", all);
            run("systemctl", "stop", all);
            run("rm", "-f", "/etc/systemd/system/" + unit);
            run("systemctl", "reset-failed", all);
        }
        units.clear();
    }

    /// Of systemd, such as 257.
    int version() {
        return machine.version;
    }

    /// There inside by the same path, and writable.
    Path folder() {
        return machine.folder;
    }

    /// Runs a command inside, as root, and waits for its end.
    Result run(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(SCRIPT.toString(), "exec", machine.state.toString()));
        words.addAll(List.of(command));
        Path out = Files.createTempFile(machine.state, "command", ".out");
        Path err = Files.createTempFile(machine.state, "command", ".err");
        try {
            Process process = new ProcessBuilder(words).redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            if (!process.waitFor(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError("did not end: " + List.of(command));
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /// A shell's one line.
    Result sh(String line) throws IOException, InterruptedException {
        return run("sh", "-c", line);
    }

    /// Waits for what is seen inside only. Each look starts processes, which the server that is waited for has to wait for
    /// in turn.
    void await(String what, Callable<Boolean> holds) throws Exception {
        Await.until(what, () -> {
            boolean held = holds.call();
            if (!held) {
                Thread.sleep(LOOK);
            }
            return held;
        });
    }

    /// Writes a unit, and has systemd read it. A second time disturbs whoever else uses this machine, so it must be
    /// [#ofItsOwn].
    ///
    /// @param name with its suffix; never one that an earlier test had
    void install(String name, String text) throws IOException, InterruptedException {
        Path file = folder().resolve(name);
        Files.writeString(file, text);
        run("cp", file.toString(), "/etc/systemd/system/" + name).orFail();
        Files.delete(file);
        if (!ofTheTest.get().add(name)) { // a new one is found without
            run("systemctl", "daemon-reload").orFail();
        }
    }

    /// Starts a command, which is ended after the test at the latest.
    ///
    /// @param options those of systemd-run, and the command
    void begin(String name, String... options) throws IOException, InterruptedException {
        ofTheTest.get().add(name + ".service");
        List<String> words = new ArrayList<>(List.of("systemd-run", "--collect", "--unit=" + name));
        words.addAll(List.of(options));
        run(words.toArray(String[]::new)).orFail();
    }

    /// Runs systemctl, which must succeed.
    String systemctl(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("systemctl"));
        words.addAll(List.of(arguments));
        return run(words.toArray(String[]::new)).orFail();
    }

    /// A property of a unit, such as `MainPID`.
    String show(String unit, String property) throws IOException, InterruptedException {
        return systemctl("show", "--value", "-p", property, unit);
    }

    /// What a unit has written, and what systemd said of it.
    String journal(String unit) throws IOException, InterruptedException {
        return run("journalctl", "--no-pager", "-o", "cat", "-u", unit).orFail();
    }
}
