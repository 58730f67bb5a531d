package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.procfs.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The working directory as the JDK sees it: a text, made by way of the locale when the JVM started.
public final class WorkingDirectory {
    private static final Path LINK = Path.of("/proc/self/cwd");

    private WorkingDirectory() {
    }

    /// Whether the locale has all characters of its name. Otherwise what is relative to it leads to another folder.
    public static boolean isExpressible() {
        try {
            return FileNames.isExpressible(Files.readSymbolicLink(LINK));
        } catch (IOException e) { // nothing is known against it
            return true;
        }
    }
}
