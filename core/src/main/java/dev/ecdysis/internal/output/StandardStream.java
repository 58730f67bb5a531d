package dev.ecdysis.internal.output;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;

/// What a process writes to from its start, see [stdin(3)](https://man7.org/linux/man-pages/man3/stdin.3.html).
public enum StandardStream {
    OUTPUT(1, "standard output"), ERROR(2, "standard error");

    private final int number;
    private final String text;

    StandardStream(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /// Its descriptor, in whatever process.
    public int number() {
        return number;
    }

    /// The one with this descriptor.
    ///
    /// @throws IllegalArgumentException when there is none
    public static StandardStream of(int number) {
        for (StandardStream stream : values()) {
            if (stream.number == number) {
                return stream;
            }
        }
        throw new IllegalArgumentException("neither standard output nor standard error: " + number);
    }

    /// What this process has there now; the caller closes it.
    public Fd duplicate(Posix posix) throws PosixException {
        Fd own = Fd.own(posix, number);
        try {
            return posix.duplicate(own);
        } finally {
            own.release();
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
