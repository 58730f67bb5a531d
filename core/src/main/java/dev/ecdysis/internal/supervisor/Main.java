package dev.ecdysis.internal.supervisor;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.OwnStart;
import java.io.IOException;
import java.util.List;

/// What [Boot] turns a process into.
public final class Main {
    /// The supervisor itself failed, as docker and chroot(1) say it.
    private static final int FAILED = 125;

    private Main() {
    }

    /// Supervises, and ends the process with the last generation's exit status.
    ///
    /// @param words the server's command line
    public static void main(String[] words) {
        Report report = new Report(System.err);
        int status = run(words.length, report);
        report.end();
        System.exit(status);
    }

    private static int run(int count, Report report) {
        try {
            Posix posix = LinuxPosix.open();
            List<byte[]> words = OwnStart.lastWords(count);
            try (Supervisor supervisor = Supervisor.open(posix, OwnStart.environment(), report)) {
                return supervisor.run(words);
            }
        } catch (FirstProcess.Failure e) {
            report.say(String.valueOf(e.getMessage()));
            return e.status();
        } catch (IOException | RuntimeException | VirtualMachineError e) {
            report.say(String.valueOf(e));
            return FAILED;
        }
    }
}
