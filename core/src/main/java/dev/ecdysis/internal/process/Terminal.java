package dev.ecdysis.internal.process;

import java.io.IOException;
import java.io.RandomAccessFile;

/// The controlling terminal of this process.
public class Terminal {
    /// Whether there is one. Opening `/dev/tty` fails without, see
    /// [tty(4)](https://man7.org/linux/man-pages/man4/tty.4.html).
    public boolean isThere() {
        try (RandomAccessFile terminal = new RandomAccessFile("/dev/tty", "r")) {
            return terminal.getFD().valid();
        } catch (IOException e) {
            return false;
        }
    }
}
