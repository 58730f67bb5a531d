package dev.ecdysis.bench.micro;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A system call that does next to nothing, so that what is seen is the way there and back.
@State(Scope.Thread)
public class PosixBenchmark {
    private final Posix posix = LinuxPosix.open();
    private @Nullable Fd socket;

    @Setup
    public void open() throws PosixException {
        socket = posix.socket(Linux.AF_INET, Linux.SOCK_STREAM, 0);
    }

    @Benchmark
    public int getsockopt() throws PosixException {
        return posix.getsockopt(Objects.requireNonNull(socket), Linux.SOL_SOCKET, Linux.SO_TYPE);
    }

    @TearDown
    public void close() {
        Objects.requireNonNull(socket).close();
    }
}
