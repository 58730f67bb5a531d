package dev.ecdysis.internal.scheduling;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The just-in-time compilers of a JVM that starts. They take a good part of the start's processor time, nothing waits
/// for them, and the clients of the server compete with them: so they get the time that nobody else wants.
///
/// The policy is `SCHED_IDLE`. Leaving it needs `CAP_SYS_NICE`, or an `RLIMIT_NICE` that allows the thread's nice value
/// ([sched(7)](https://man7.org/linux/man-pages/man7/sched.7.html)).
public final class CompilerThreads {
    /// How HotSpot names them; the kernel keeps 15 bytes of a name.
    private static final Set<String> NAMES = Set.of("C1 CompilerThre", "C2 CompilerThre", "JVMCI CompilerT");
    private static final long PATIENCE_SECONDS = 5;
    private static final int UNKNOWN = -1; // which is boxed without allocating
    /// A thread that is started meanwhile is met in the next pass. Nothing but a fork bomb needs as many.
    private static final int MOST_PASSES = 100;

    private final Posix posix;
    private final long pid;

    /// @param pid the JVM, or what will become one
    public CompilerThreads(Posix posix, long pid) {
        this.posix = posix;
        this.pid = pid;
    }

    /// Why they could not be raised again; empty when they could. Tries it on a thread of this process, made for that:
    /// if it stays low, nothing is lost.
    public static Optional<String> obstacle(Posix posix) {
        CountDownLatch tried = new CountDownLatch(1);
        CompletableFuture<Integer> number = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("ecdysis-scheduler").start(() -> {
            try {
                number.complete(ownNumber());
                tried.await();
            } catch (IOException | InterruptedException e) {
                number.completeExceptionally(e);
            } finally {
                number.complete(UNKNOWN); // without effect unless that failed
            }
        });
        try {
            int probe = number.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (probe == UNKNOWN) {
                return Optional.of("it cannot be tried: there is no memory");
            }
            if (posix.schedulerOf(probe) != Linux.SCHED_OTHER) {
                return Optional.of("the server itself does not run with the scheduling policy SCHED_OTHER");
            }
            posix.setScheduler(probe, Linux.SCHED_IDLE);
            posix.setScheduler(probe, Linux.SCHED_OTHER);
            return Optional.empty();
        } catch (PosixException e) {
            return Optional.of(e.is(Errno.EPERM) ? "this user may not take a thread out of SCHED_IDLE again"
                    : String.valueOf(e.getMessage()));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.of("it cannot be tried: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("probation was interrupted");
        } finally {
            tried.countDown();
        }
    }

    /// `/proc/thread-self` leads to `PID/task/TID`.
    private static int ownNumber() throws IOException {
        return Integer.parseInt(String.valueOf(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName()));
    }

    /// Lowers those that there are by now. A compiler thread that one of them starts inherits the policy.
    ///
    /// @return whether there was one that was not low
    /// @throws IOException when that failed; some may be low then
    public boolean lower() throws IOException {
        return change(Linux.SCHED_OTHER, Linux.SCHED_IDLE);
    }

    /// Raises those that are low.
    ///
    /// @throws IOException when that failed; some may be raised then
    public void raise() throws IOException {
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            if (!change(Linux.SCHED_IDLE, Linux.SCHED_OTHER)) {
                return;
            }
        }
    }

    /// Whether there was something to change.
    private boolean change(int from, int to) throws IOException {
        boolean changed = false;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads) {
                if (isCompiler(thread)) {
                    changed |= change(Integer.parseInt(String.valueOf(thread.getFileName())), from, to);
                }
            }
        } catch (NoSuchFileException e) {
            return false; // the process has ended
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return changed;
    }

    private static boolean isCompiler(Path thread) {
        try {
            return NAMES.contains(Files.readString(thread.resolve("comm")).strip());
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    private boolean change(int thread, int from, int to) throws PosixException {
        try {
            if (posix.schedulerOf(thread) != from) {
                return false;
            }
            posix.setScheduler(thread, to);
            return true;
        } catch (PosixException e) {
            if (e.is(Errno.ESRCH)) {
                return false; // it has ended
            }
            throw e;
        }
    }
}
