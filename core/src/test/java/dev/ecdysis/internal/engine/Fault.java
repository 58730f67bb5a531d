package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Frame;
import dev.ecdysis.internal.wire.FrameReader;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.internal.wire.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The call that is to fail, a file that tells a successor, and one in which that says that it has happened.
///
/// @param nth 0 for none
public record Fault(String call, int nth) {
    public static final Fault NONE = new Fault("none", 0);
    private static final Errno EIO = new Errno(5);
    private static final String FILE = "fault";
    private static final String REPORT = "fault-happened";

    void arm(FaultingPosix posix) {
        posix.failAt(call, nth);
    }

    /// A read that fails has a broken connection, which the other side notices too: in one direction alone a socket pair
    /// does not break. COMMITTED counts if it came before: the predecessor, which has sent it, owns nothing any more.
    void armForSuccessor(FaultingPosix posix, Path folder) {
        posix.onInjected(() -> report(folder));
        if (call.equals("recvmsg")) {
            // A peer that has gone, and what nobody expects.
            posix.breakAtRecvmsg(nth, nth % 2 == 0 ? EIO : Errno.ECONNRESET, Fault::holdsCommitted);
        } else {
            arm(posix);
        }
    }

    private static boolean holdsCommitted(ByteBuffer bytes) {
        FrameReader reader = new FrameReader(Limits.FRAME);
        reader.feed(bytes);
        try {
            for (Optional<Frame> frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                if (Codec.decode(frame.get()) instanceof Message.Committed) {
                    return true;
                }
            }
        } catch (WireException e) {
            // The rest of a longer message.
        }
        return false;
    }

    private static void report(Path folder) {
        try {
            Files.writeString(folder.resolve(REPORT), Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The successor that this fault happened in, if it did.
    static Optional<Long> victim(Path folder) throws IOException {
        return Optional.of(Files.readString(folder.resolve(REPORT))).filter(text -> !text.isEmpty()).map(Long::valueOf);
    }

    public void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), call + " " + nth);
        Files.writeString(folder.resolve(REPORT), "");
    }

    /// What a server finds in its folder although it left nothing there.
    public static boolean isFile(String name) {
        return name.equals(FILE) || name.equals(REPORT);
    }

    static Fault read(Path folder) throws IOException {
        String[] words = Files.readString(folder.resolve(FILE)).strip().split(" ", -1);
        return new Fault(words[0], Integer.parseInt(words[1]));
    }

    @Override
    public String toString() {
        return call + " #" + nth;
    }
}
