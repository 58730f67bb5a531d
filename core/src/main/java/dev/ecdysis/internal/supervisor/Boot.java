package dev.ecdysis.internal.supervisor;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.OwnStart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The process that was told to supervise becomes the one that does, by exec: a JVM as small as can be, whatever this
/// one was started with, in which all signals were blocked before its first thread. A mask crosses exec, and HotSpot has
/// no other way to leave SIGQUIT to the program.
public final class Boot {
    private static final List<String> SMALL_JVM = List.of("-Xrs", "-Xint", "-Xms4m", "-Xmx64m", "-Xss512k",
            "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xshare:auto", "-XX:+IgnoreUnrecognizedVMOptions",
            "--enable-native-access=ALL-UNNAMED");

    private Boot() {
    }

    /// Becomes it. Does not return.
    ///
    /// @param count how many words at the end of this process's command line are the server's
    /// @throws IOException when this process cannot become another; signals are blocked then
    public static void supervise(int count) throws IOException {
        List<byte[]> words = new ArrayList<>();
        for (String word : ownWords()) {
            words.add(word.getBytes(StandardCharsets.UTF_8));
        }
        words.addAll(OwnStart.lastWords(count));
        Posix posix = LinuxPosix.open();
        List<byte[]> environment = OwnEnvironment.aside(OwnStart.environment());
        // Else the kernel would throw exit statuses away.
        posix.defaultSignal(Linux.SIGCHLD);
        posix.blockSignals(SignalQueue.all());
        posix.exec(java(), words, environment);
    }

    private static String java() {
        return System.getProperty("java.home") + "/bin/java";
    }

    private static List<String> ownWords() throws IOException {
        String classPath = System.getProperty("java.class.path", "");
        if (classPath.isEmpty()) {
            throw new IOException("cannot supervise from a module path; start it as java -jar");
        }
        List<String> words = new ArrayList<>();
        words.add(java());
        words.addAll(SMALL_JVM);
        words.addAll(List.of("-cp", classPath, Main.class.getName()));
        return words;
    }
}
