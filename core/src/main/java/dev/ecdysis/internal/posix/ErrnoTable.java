package dev.ecdysis.internal.posix;

import org.jspecify.annotations.Nullable;

/// The names and meanings of Linux's errno numbers, 1 to 133; 41 and 58 are second names that nobody returns.
///
/// A table of our own because `strerror(3)` answers in the language of the locale, and logs are read by others.
final class ErrnoTable {
    private static final String TEXT = """
            1 EPERM operation not permitted
            2 ENOENT no such file or directory
            3 ESRCH no such process
            4 EINTR interrupted by a signal
            5 EIO input or output error
            6 ENXIO no such device or address
            7 E2BIG argument list too long
            8 ENOEXEC not an executable format
            9 EBADF not an open descriptor
            10 ECHILD no such child process
            11 EAGAIN not possible right now, try again
            12 ENOMEM out of memory
            13 EACCES permission denied
            14 EFAULT bad memory address
            15 ENOTBLK not a block device
            16 EBUSY device or resource in use
            17 EEXIST file exists
            18 EXDEV link across file systems
            19 ENODEV no such device
            20 ENOTDIR not a directory
            21 EISDIR is a directory
            22 EINVAL invalid argument
            23 ENFILE too many open files in the system
            24 EMFILE too many open files in this process
            25 ENOTTY not a terminal, or wrong ioctl
            26 ETXTBSY program file is being written
            27 EFBIG file too large
            28 ENOSPC no space left on the device
            29 ESPIPE not seekable
            30 EROFS file system is read-only
            31 EMLINK too many links
            32 EPIPE nobody reads the other end
            33 EDOM argument outside the function's domain
            34 ERANGE result out of range
            35 EDEADLK a deadlock would result
            36 ENAMETOOLONG name too long
            37 ENOLCK no locks available
            38 ENOSYS function not available
            39 ENOTEMPTY directory not empty
            40 ELOOP too many symbolic links
            42 ENOMSG no message of that type
            43 EIDRM identifier removed
            44 ECHRNG channel number out of range
            45 EL2NSYNC level 2 not synchronized
            46 EL3HLT level 3 halted
            47 EL3RST level 3 reset
            48 ELNRNG link number out of range
            49 EUNATCH protocol driver not attached
            50 ENOCSI no CSI structure available
            51 EL2HLT level 2 halted
            52 EBADE invalid exchange
            53 EBADR invalid request descriptor
            54 EXFULL exchange full
            55 ENOANO no anode
            56 EBADRQC invalid request code
            57 EBADSLT invalid slot
            59 EBFONT bad font file format
            60 ENOSTR not a stream
            61 ENODATA no data available
            62 ETIME timer expired
            63 ENOSR out of streams resources
            64 ENONET machine is not on the network
            65 ENOPKG package not installed
            66 EREMOTE object is remote
            67 ENOLINK link has been cut
            68 EADV advertise error
            69 ESRMNT srmount error
            70 ECOMM communication error on send
            71 EPROTO protocol error
            72 EMULTIHOP multihop attempted
            73 EDOTDOT RFS specific error
            74 EBADMSG bad message
            75 EOVERFLOW value too large for its type
            76 ENOTUNIQ name not unique on the network
            77 EBADFD descriptor in a bad state
            78 EREMCHG remote address changed
            79 ELIBACC cannot access a shared library
            80 ELIBBAD shared library is corrupted
            81 ELIBSCN .lib section in a.out is corrupted
            82 ELIBMAX too many shared libraries
            83 ELIBEXEC a shared library cannot be executed
            84 EILSEQ invalid character sequence
            85 ERESTART interrupted call should be restarted
            86 ESTRPIPE streams pipe error
            87 EUSERS too many users
            88 ENOTSOCK not a socket
            89 EDESTADDRREQ destination address required
            90 EMSGSIZE message too long
            91 EPROTOTYPE wrong protocol type for the socket
            92 ENOPROTOOPT no such socket option
            93 EPROTONOSUPPORT protocol not supported
            94 ESOCKTNOSUPPORT socket type not supported
            95 EOPNOTSUPP operation not supported
            96 EPFNOSUPPORT protocol family not supported
            97 EAFNOSUPPORT address family not supported
            98 EADDRINUSE address already in use
            99 EADDRNOTAVAIL address not available on this machine
            100 ENETDOWN network is down
            101 ENETUNREACH network unreachable
            102 ENETRESET network dropped the connection
            103 ECONNABORTED connection aborted
            104 ECONNRESET connection reset by the peer
            105 ENOBUFS no buffer space
            106 EISCONN already connected
            107 ENOTCONN not connected
            108 ESHUTDOWN socket has been shut down
            109 ETOOMANYREFS too many references, or descriptors in flight
            110 ETIMEDOUT timed out
            111 ECONNREFUSED connection refused
            112 EHOSTDOWN host is down
            113 EHOSTUNREACH no route to the host
            114 EALREADY operation already in progress
            115 EINPROGRESS operation in progress
            116 ESTALE stale file handle
            117 EUCLEAN structure needs cleaning
            118 ENOTNAM not a XENIX named type file
            119 ENAVAIL no XENIX semaphores available
            120 EISNAM is a named type file
            121 EREMOTEIO remote input or output error
            122 EDQUOT disk quota exceeded
            123 ENOMEDIUM no medium found
            124 EMEDIUMTYPE wrong medium type
            125 ECANCELED operation cancelled
            126 ENOKEY required key not available
            127 EKEYEXPIRED key has expired
            128 EKEYREVOKED key has been revoked
            129 EKEYREJECTED key was rejected
            130 EOWNERDEAD owner died
            131 ENOTRECOVERABLE state not recoverable
            132 ERFKILL radio switched off
            133 EHWPOISON memory page has a hardware error
            """;

    private static final @Nullable String[] NAMES = new @Nullable String[134];
    private static final @Nullable String[] MEANINGS = new @Nullable String[134];

    static {
        for (String line : TEXT.lines().toList()) {
            String[] words = line.split(" ", 3);
            int number = Integer.parseInt(words[0]);
            NAMES[number] = words[1];
            MEANINGS[number] = words[2];
        }
    }

    private ErrnoTable() {
    }

    static @Nullable String name(int number) {
        return number >= 0 && number < NAMES.length ? NAMES[number] : null;
    }

    static @Nullable String meaning(int number) {
        return number >= 0 && number < MEANINGS.length ? MEANINGS[number] : null;
    }
}
