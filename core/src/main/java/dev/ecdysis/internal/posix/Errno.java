package dev.ecdysis.internal.posix;

import java.io.Serializable;

/// An errno value of Linux; the numbers are the same on x86-64 and aarch64 (`asm-generic/errno.h`).
public record Errno(int number) implements Serializable {
    public static final Errno EPERM = new Errno(1);
    public static final Errno ENOENT = new Errno(2);
    public static final Errno ESRCH = new Errno(3);
    public static final Errno EINTR = new Errno(4);
    public static final Errno E2BIG = new Errno(7);
    public static final Errno ENOEXEC = new Errno(8);
    public static final Errno EBADF = new Errno(9);
    public static final Errno ECHILD = new Errno(10);
    public static final Errno EAGAIN = new Errno(11);
    public static final Errno ENOMEM = new Errno(12);
    public static final Errno EACCES = new Errno(13);
    public static final Errno EEXIST = new Errno(17);
    public static final Errno ENOTDIR = new Errno(20);
    public static final Errno EINVAL = new Errno(22);
    public static final Errno ENFILE = new Errno(23);
    public static final Errno EMFILE = new Errno(24);
    public static final Errno ETXTBSY = new Errno(26);
    public static final Errno ENOSPC = new Errno(28);
    public static final Errno EPIPE = new Errno(32);
    public static final Errno ENAMETOOLONG = new Errno(36);
    public static final Errno ENOSYS = new Errno(38);
    public static final Errno ENOTSOCK = new Errno(88);
    public static final Errno ENOPROTOOPT = new Errno(92);
    public static final Errno EAFNOSUPPORT = new Errno(97);
    public static final Errno EADDRINUSE = new Errno(98);
    public static final Errno EADDRNOTAVAIL = new Errno(99);
    public static final Errno ECONNABORTED = new Errno(103);
    public static final Errno ECONNRESET = new Errno(104);
    public static final Errno ENOBUFS = new Errno(105);
    public static final Errno EISCONN = new Errno(106);
    public static final Errno ENOTCONN = new Errno(107);
    public static final Errno ETIMEDOUT = new Errno(110);
    public static final Errno ECONNREFUSED = new Errno(111);
    public static final Errno EALREADY = new Errno(114);
    public static final Errno EINPROGRESS = new Errno(115);

    // These two written out: linking what a record has otherwise takes milliseconds of each start.
    @Override
    public boolean equals(Object other) {
        return other instanceof Errno errno && number == errno.number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    /// The symbolic name, `EADDRINUSE`, or `errno 200` for a number that Linux gives no name.
    public String name() {
        String name = ErrnoTable.name(number);
        return name == null ? "errno " + number : name;
    }

    /// The name and what it means: `EADDRINUSE (address already in use)`.
    @Override
    public String toString() {
        String meaning = ErrnoTable.meaning(number);
        return meaning == null ? name() : name() + " (" + meaning + ")";
    }
}
