package dev.ecdysis.internal.sides;

import dev.ecdysis.internal.launch.JvmFlags;
import dev.ecdysis.internal.launch.NextLaunch;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.SafeLog;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.preflight.MemoryCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether there is memory for a successor beside this process, for the log and the status. It is a warning: an upgrade
/// goes on meanwhile, and does not wait for it.
///
/// Thread-safe.
final class MemoryNotes {
    private static final System.Logger LOG = Log.of(MemoryNotes.class);

    /// Comes after whatever else there is to do: a successor boots meanwhile, and requests are served.
    private static final int LAST = 19;

    private final Posix posix;
    private volatile List<String> latest = List.of();

    MemoryNotes(Posix posix) {
        this.posix = posix;
    }

    /// As it was when somebody last looked.
    List<String> latest() {
        return latest;
    }

    /// Looks, on a thread of its own, and logs what is found: for an upgrade that begins.
    void warnApart(NextLaunch next) {
        try {
            Thread.ofPlatform().daemon().name("ecdysis-memory").start(() -> {
                try {
                    comeLast();
                    look(next);
                    for (String note : latest) {
                        LOG.log(System.Logger.Level.WARNING, note);
                    }
                } catch (VirtualMachineError e) {
                    SafeLog.log(LOG, "nobody looks whether there is memory for two", null, e);
                }
            });
        } catch (OutOfMemoryError e) { // the limit of threads is reported as this
            SafeLog.log(LOG, "nobody looks whether there is memory for two", null, e);
        }
    }

    private void comeLast() {
        try {
            posix.setNice(LAST);
        } catch (PosixException e) {
            LOG.log(System.Logger.Level.DEBUG, "looking for memory at normal priority", e);
        }
    }

    /// Looks.
    void look(NextLaunch next) {
        Optional<JvmFlags> flags = next.script().isPresent() ? Optional.empty()
                : Optional.of(JvmFlags.of(next.started()));
        List<String> notes = new ArrayList<>();
        for (JvmFlags.Finding finding : new MemoryCheck().findings(flags)) {
            if (!finding.cure().isEmpty()) {
                notes.add(finding.name() + ": " + finding.found() + "; " + finding.cure());
            }
        }
        latest = List.copyOf(notes);
    }
}
