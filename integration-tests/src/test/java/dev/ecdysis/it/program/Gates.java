package dev.ecdysis.it.program;

import java.nio.file.Files;
import java.nio.file.Path;

/// Points at which a process waits for as long as a file of that name is there.
final class Gates {
    private final Path folder;

    Gates(Path folder) {
        this.folder = folder;
    }

    void pass(String name) throws InterruptedException {
        Path gate = folder.resolve(name);
        if (Files.exists(gate)) {
            Program.say("at " + name + " pid=" + ProcessHandle.current().pid());
            while (Files.exists(gate)) {
                Thread.sleep(5);
            }
        }
    }

    /// The other way round: waits until a file of that name is there.
    void awaitOrder(String name) throws InterruptedException {
        while (!Files.exists(folder.resolve(name))) {
            Thread.sleep(5);
        }
    }
}
