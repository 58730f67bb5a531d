package dev.ecdysis.internal.systemd;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SpawnRequest;
import dev.ecdysis.internal.thread.Survival;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Asks the service manager by its own command, `systemctl show`.
final class Systemctl {
    static final Duration LIMIT = Duration.ofSeconds(2);

    private static final System.Logger LOG = Log.of(Systemctl.class);
    private static final String PROGRAM = "systemctl";
    private static final String USUAL_PATH = "/usr/bin:/bin";
    /// What leads to a user's manager and to the bus. No more: what is preloaded or traced is not meant for it.
    private static final List<String> HANDED_ON = List.of("PATH", "HOME", "USER", "XDG_RUNTIME_DIR",
            "DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS");
    private static final int MOST_BYTES = 16 << 10;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int END_MILLIS = 1_000;

    private final Posix posix;
    private final Function<String, Optional<String>> environment;

    Systemctl(Posix posix, Function<String, Optional<String>> environment) {
        this.posix = posix;
        this.environment = environment;
    }

    /// Asks for a unit. On a thread of its own, because even the start of a program may hang in the file system; what
    /// hangs is killed as soon as it can be.
    Answer show(ServiceUnit unit) throws InterruptedException {
        Optional<Path> program = program();
        if (program.isEmpty()) {
            return new Answer.Silent("there is no systemctl on the PATH, nor in " + USUAL_PATH.replace(":", " or "));
        }
        long deadline = System.nanoTime() + LIMIT.toNanos();
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("ecdysis-systemctl").start(() -> {
            try {
                answer.complete(run(program.get(), unit, deadline));
            } catch (PosixException e) {
                answer.complete(new Answer.Silent(String.valueOf(e.getMessage())));
            } catch (RuntimeException | Error e) { // whoever waits is told, and says it
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(LIMIT.toMillis() + END_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return tooLate(program.get());
        } catch (ExecutionException e) {
            LOG.log(System.Logger.Level.DEBUG, "asking systemd", e);
            return new Answer.Silent(String.valueOf(e.getCause()));
        }
    }

    private static Answer tooLate(Path program) {
        return new Answer.Silent(program + " did not answer within " + LIMIT.toSeconds() + " s");
    }

    private Optional<Path> program() {
        for (String folder : (environment.apply("PATH").orElse("") + ":" + USUAL_PATH).split(":", -1)) {
            if (folder.startsWith("/")) {
                Path candidate = Path.of(folder, PROGRAM);
                if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    private Answer run(Path program, ServiceUnit unit, long deadline) throws PosixException {
        try (FdPair pipe = posix.pipe2()) {
            int pid = posix.spawn(new SpawnRequest(program.toString(), words(unit), variables(), bytes("/"),
                    Map.of(STDOUT, pipe.second(), STDERR, pipe.second())));
            pipe.second().close(); // which makes room for the pidfd, too
            try (Fd pidfd = openOrEnd(pid, pipe.first())) {
                return answer(program, pidfd, pipe.first(), deadline);
            }
        }
    }

    /// @param spare closed to make room for the descriptor that reaping takes
    private Fd openOrEnd(int pid, Fd spare) throws PosixException {
        try {
            return open(pid);
        } catch (PosixException e) {
            // Our own child that nobody has reaped: the pid cannot have been given to another process.
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            spare.close();
            try (Fd pidfd = posix.pidfdOpen(pid)) {
                end(pidfd);
            } catch (PosixException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private Fd open(int pid) throws PosixException {
        for (int tries = 1;; tries++) {
            try {
                return posix.pidfdOpen(pid);
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    /// A child that is not waited for would stay as long as the server.
    private void end(Fd pidfd) throws PosixException {
        for (int tries = 1; !isEnded(pidfd, tries); tries++) {
            // again
        }
    }

    /// Whether it need not be tried again, as it must be without memory.
    private boolean isEnded(Fd pidfd, int tries) throws PosixException {
        try {
            posix.pidfdSendSignal(pidfd, Linux.SIGKILL);
            posix.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), END_MILLIS);
            posix.waitid(pidfd);
            return true;
        } catch (VirtualMachineError e) {
            Survival.outlast(e, tries);
            return false;
        }
    }

    private Answer answer(Path program, Fd pidfd, Fd output, long deadline) throws PosixException {
        OptionalInt status = OptionalInt.empty();
        Optional<String> text = Optional.empty();
        try {
            text = read(output, deadline);
            if (text.isPresent()) {
                posix.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), millisUntil(deadline));
                status = posix.waitid(pidfd);
            }
        } finally {
            if (status.isEmpty()) {
                end(pidfd);
            }
        }
        if (text.isEmpty() || status.isEmpty()) {
            return tooLate(program);
        }
        Optional<UnitProperties> properties = status.getAsInt() == 0 ? UnitProperties.parse(text.get())
                : Optional.empty();
        return properties.isPresent() ? new Answer.Told(properties.get())
                : new Answer.Silent(program + ": " + lastLine(text.get(), status.getAsInt()));
    }

    /// Until the end, and no more than the limit of bytes; empty when it did not come in time.
    private Optional<String> read(Fd output, long deadline) throws PosixException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(MOST_BYTES);
        PollFd readable = new PollFd(output, Linux.POLLIN);
        while (bytes.hasRemaining()) {
            int millis = millisUntil(deadline);
            if (millis == 0) {
                return Optional.empty();
            }
            if (posix.poll(List.of(readable), millis) > 0 && posix.read(output, bytes) == 0) {
                break;
            }
        }
        return Optional.of(StandardCharsets.UTF_8.decode(bytes.flip()).toString());
    }

    private static int millisUntil(long deadline) {
        return (int) Math.clamp((deadline - System.nanoTime() + 999_999) / 1_000_000, 0, LIMIT.toMillis());
    }

    private static String lastLine(String text, int status) {
        String[] lines = text.strip().split("\n", -1);
        String last = lines[lines.length - 1].strip().replaceAll("\\p{Cntrl}", "?");
        return last.isEmpty() ? "exit status " + status : last.substring(0, Math.min(last.length(), 200));
    }

    private static List<byte[]> words(ServiceUnit unit) {
        List<byte[]> words = new ArrayList<>();
        words.add(bytes(PROGRAM));
        if (unit.ofUser()) {
            words.add(bytes("--user"));
        }
        for (String word : List.of("--no-pager", "show", "-p", String.join(",", UnitProperties.ASKED), "--",
                unit.name())) {
            words.add(bytes(word));
        }
        return words;
    }

    private List<byte[]> variables() {
        List<byte[]> variables = new ArrayList<>(List.of(bytes("LC_ALL=C")));
        for (String name : HANDED_ON) {
            environment.apply(name).ifPresent(value -> variables.add(bytes(name + "=" + value)));
        }
        return variables;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
