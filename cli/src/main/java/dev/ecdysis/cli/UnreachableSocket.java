package dev.ecdysis.cli;

import dev.ecdysis.client.ControlException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// Says why nobody could be reached, in one line with its cure, by looking at the path: `ENOENT` alone does
/// not tell an operator whether the server is down or the path is wrong.
final class UnreachableSocket {
    private static final String PERMISSION = ": run this as the user of the server, or as root";

    private UnreachableSocket() {
    }

    /// @param path as the user gave it
    static String explain(Path path, ControlException failure) {
        String shown = Printable.label(path.toString());
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isOther()) {
                return shown + " is not a socket: give the path that the server's controlSocket option names";
            }
        } catch (NoSuchFileException _) {
            return "no such control socket: " + shown
                    + ": start the server, or give the path that its controlSocket option names";
        } catch (AccessDeniedException _) {
            return "no permission to look at " + shown + PERMISSION;
        } catch (IOException e) {
            return "cannot look at " + shown + ": " + Printable.sentence(String.valueOf(e.getMessage()));
        }
        if (!Files.isWritable(path)) {
            return "no permission to connect to " + shown + PERMISSION;
        }
        return Printable.sentence(String.valueOf(failure.getMessage()));
    }
}
