package dev.ecdysis.internal.libc;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Has the kernel keep what it says of this process for root, as with one that has more rights than its user.
public final class Undumpable {
    private static final int PR_SET_DUMPABLE = 4;

    private Undumpable() {
    }

    /// Makes this process so.
    ///
    /// @throws IOException when it could not be done, or changed nothing
    public static void become() throws IOException {
        try (Call call = Libc.link().call("prctl")) {
            // int prctl(int op, ... /* unsigned long arg2 */);
            if (call.invoke(PR_SET_DUMPABLE, 0) < 0) {
                throw call.failure("PR_SET_DUMPABLE");
            }
        }
        try {
            Files.readAllBytes(Path.of("/proc/self/environ"));
        } catch (AccessDeniedException e) {
            return;
        }
        throw new IOException("it may still be read");
    }
}
