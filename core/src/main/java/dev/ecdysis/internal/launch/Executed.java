package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.procfs.FileNames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/// The file name that was given to [execve(2)](https://man7.org/linux/man-pages/man2/execve.2.html) for this process, which
/// the kernel leaves in its memory: see `AT_EXECFN` in
/// [getauxval(3)](https://man7.org/linux/man-pages/man3/getauxval.3.html).
final class Executed {
    private static final long AT_EXECFN = 31;
    private static final int PATH_MAX = 4096;

    private Executed() {
    }

    /// What was executed, by its name.
    ///
    /// @param directory what a relative one is relative to
    /// @return empty when it cannot be found out, or names a descriptor, which has another meaning by now
    static Optional<Path> name(byte[] directory) {
        try {
            ByteBuffer vector = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
                    .order(ByteOrder.nativeOrder());
            while (vector.remaining() >= 2 * Long.BYTES) {
                long type = vector.getLong();
                long value = vector.getLong();
                if (type == AT_EXECFN) {
                    byte[] name = string(value);
                    String shown = FileNames.shown(name);
                    return name.length == 0 || shown.startsWith("/dev/fd/") || shown.startsWith("/proc/")
                            ? Optional.empty() : Optional.of(FileNames.resolve(directory, name));
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            Log.of(Executed.class).log(System.Logger.Level.DEBUG,
                    "the name of the program is not known", e);
        }
        return Optional.empty();
    }

    private static byte[] string(long address) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(PATH_MAX);
        try (FileChannel memory = FileChannel.open(Path.of("/proc/self/mem"), StandardOpenOption.READ)) {
            // The page after the stack's last one is not there: the kernel gives what there is.
            memory.read(bytes, address);
        }
        int end = 0;
        while (end < bytes.position() && bytes.get(end) != 0) {
            end++;
        }
        return Arrays.copyOf(bytes.array(), end);
    }
}
