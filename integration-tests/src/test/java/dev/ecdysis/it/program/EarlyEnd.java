package dev.ecdysis.it.program;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// A main that returns although it never was ready: as one with a mistake does, or one that gave up.
///
/// @param closes whether it closes the library
/// @param stays whether it has started a thread that keeps the JVM up
record EarlyEnd(boolean closes, boolean stays) {
    /// What the file of the setting `early-end-file` says, if there is one.
    static Optional<EarlyEnd> of(Program.Settings settings) throws IOException {
        if (!settings.has("early-end-file") || !Files.exists(Path.of(settings.get("early-end-file")))) {
            return Optional.empty();
        }
        String text = Files.readString(Path.of(settings.get("early-end-file")));
        return Optional.of(new EarlyEnd(text.contains("closes"), text.contains("stays")));
    }

    void carryOut(Ecdysis.Builder builder) throws EcdysisException {
        Ecdysis ecdysis = builder.start();
        // Before: what it does now may be its end.
        Program.say("main returns pid=" + ProcessHandle.current().pid());
        if (stays) {
            Thread.ofPlatform().daemon(false).name("stays").start(() -> {
                while (true) {
                    LockSupport.park();
                }
            });
        }
        if (closes) {
            ecdysis.close();
        }
    }
}
