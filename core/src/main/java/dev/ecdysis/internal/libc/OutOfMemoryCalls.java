package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Who goes first when memory runs out. Made of the same few calls as what goes before, and of nothing that a JVM would
/// have to load or fetch back: a new process that fills its heap does not wait.
final class OutOfMemoryCalls {
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;

    private final Posix owner;
    private final Libc libc;

    OutOfMemoryCalls(Posix owner, Libc libc) {
        this.owner = owner;
        this.libc = libc;
    }

    void setScore(long pid, int score) throws PosixException {
        String name = "/proc/" + pid + "/oom_score_adj";
        byte[] digits = Integer.toString(score).getBytes(StandardCharsets.US_ASCII);
        try (Fd file = open(name); Call call = libc.call("write")) {
            Memory payload = Payload.of(call, ByteBuffer.wrap(digits));
            // ssize_t write(int fd, const void *buf, size_t count);
            if (call.invokeUninterrupted(file.number(), payload.address(), payload.size()) < 0) {
                throw call.failure(name + ", " + score);
            }
        }
    }

    private Fd open(String name) throws PosixException {
        try (Call call = libc.call("open")) {
            // int open(const char *pathname, int flags, ... /* mode_t mode */);
            int fd = call.invoke(call.string(name.getBytes(StandardCharsets.US_ASCII)).address(),
                    O_WRONLY | O_CLOEXEC);
            if (fd < 0) {
                throw call.failure(name);
            }
            return Fd.own(owner, fd);
        }
    }
}
