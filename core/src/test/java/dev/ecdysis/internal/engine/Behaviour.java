package dev.ecdysis.internal.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a successor does, and a file that tells it.
public enum Behaviour {
    SERVES, REFUSES,
    /// Its process stands still once it has taken over, so it never beats.
    SILENT,
    /// It ends when it has taken over, before its first beat: after that it might be kept.
    DIES;

    private static final String FILE = "behaviour";

    public void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(FILE), name());
    }

    static Behaviour read(Path folder) throws IOException {
        return valueOf(Files.readString(folder.resolve(FILE)).strip());
    }
}
