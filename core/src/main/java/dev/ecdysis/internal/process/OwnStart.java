package dev.ecdysis.internal.process;

import dev.ecdysis.internal.procfs.ProcFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// How this process was started, byte for byte: what the JVM makes of it depends on the locale.
public final class OwnStart {
    private OwnStart() {
    }

    /// The last words of its command line.
    ///
    /// @throws IOException when it has fewer, or `/proc` is not mounted
    public static List<byte[]> lastWords(int count) throws IOException {
        List<byte[]> words = ProcFiles.zeroTerminated(Path.of("/proc/self/cmdline"));
        if (words.size() < count) {
            throw new IOException("/proc/self/cmdline has " + words.size() + " words, and not " + count);
        }
        return words.subList(words.size() - count, words.size());
    }

    /// The entries of its environment, each `NAME=value`.
    public static List<byte[]> environment() throws IOException {
        return ProcFiles.zeroTerminated(Path.of("/proc/self/environ"));
    }
}
