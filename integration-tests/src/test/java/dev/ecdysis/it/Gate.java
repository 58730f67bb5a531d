package dev.ecdysis.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Holds a process of [dev.ecdysis.it.program.Program] at a point of its life, so that a test can do to it
/// there what it likes. Open again once closed: try-with-resources.
final class Gate implements AutoCloseable {
    private final Path file;
    private final String name;
    private final Output output;
    private final int mark;

    Gate(Path folder, String name, Output output) throws IOException {
        this.file = folder.resolve(name);
        this.name = name;
        this.output = output;
        this.mark = output.mark();
        Files.createFile(file);
    }

    /// Waits until a process stands before it.
    ///
    /// @return which one
    long arrived() throws Exception {
        return Long.parseLong(output.await(mark, "^at " + name + " pid=(\\d+)").group(1));
    }

    /// Before it is closed, which does the same.
    void open() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        open();
    }
}
