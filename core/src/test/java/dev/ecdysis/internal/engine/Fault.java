package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.FaultingPosix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The call that is to fail, and a file that tells a successor.
///
/// @param nth 0 for none
record Fault(String call, int nth) {
    static final Fault NONE = new Fault("none", 0);
    private static final String FILE = "fault";

    void arm(FaultingPosix posix) {
        posix.failAt(call, nth);
    }

    /// A read that breaks after COMMITTED was sent leaves nobody to serve: the predecessor is past the point of no
    /// return, and its successor cannot know. The kernel does not fail reads of a socket pair, so this does not either.
    void armForSuccessor(FaultingPosix posix) {
        if (call.equals("recvmsg")) {
            posix.failAt(call, nth, Errno.EAGAIN);
        } else {
            arm(posix);
        }
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), call + " " + nth);
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
