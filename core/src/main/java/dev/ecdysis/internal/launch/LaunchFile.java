package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.wire.LaunchCodec;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A file in memory that carries a launch description which is too large for a frame. It is sealed: whoever holds it can
/// read it, and nobody can change it any more, not even who made it.
public final class LaunchFile {
    private static final String NAME = "ecdysis-launch";
    private static final int SEALS = Linux.F_SEAL_WRITE | Linux.F_SEAL_GROW | Linux.F_SEAL_SHRINK;

    private LaunchFile() {
    }

    /// Makes one with that content.
    public static Fd write(Posix posix, ByteBuffer content) throws IOException {
        Fd file = posix.memfdCreate(NAME);
        boolean complete = false;
        try {
            while (content.hasRemaining()) {
                posix.write(file, content);
            }
            posix.addSeals(file, SEALS);
            complete = true;
            return file;
        } finally {
            if (!complete) {
                file.close();
            }
        }
    }

    /// Reads what came from a predecessor, of which nothing is believed before the kernel has said that it cannot change.
    ///
    /// @param said what it says of the file
    public static Message.LaunchDescription read(Posix posix, Fd file, Message.LaunchFile said) throws IOException {
        checkSealed(posix, file);
        ByteBuffer content = ByteBuffer.allocate(said.bytes());
        while (content.hasRemaining()) {
            if (posix.readAt(file, content, content.position()) == 0) {
                throw new IOException("the launch description's file has " + content.position() + " bytes and not "
                        + said.bytes());
            }
        }
        if (posix.readAt(file, ByteBuffer.allocate(1), said.bytes()) != 0) {
            throw new IOException("the launch description's file has more than " + said.bytes() + " bytes");
        }
        return LaunchCodec.decode(content.flip());
    }

    private static void checkSealed(Posix posix, Fd file) throws IOException {
        int seals;
        try {
            seals = posix.seals(file);
        } catch (PosixException e) {
            throw e.is(Errno.EINVAL)
                    ? new IOException("what should be the launch description's file is no file in memory", e) : e;
        }
        if ((seals & SEALS) != SEALS) {
            throw new IOException("the launch description's file is not sealed (0x" + Integer.toHexString(seals)
                    + "): its sender could change it while it is read");
        }
    }
}
