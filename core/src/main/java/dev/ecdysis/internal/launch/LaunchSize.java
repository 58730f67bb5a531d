package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.procfs.FileNames;
import dev.ecdysis.internal.wire.LaunchCodec;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How much arguments and environment of a successor are: whether that is more than the kernel starts a program with, or
/// more than can be handed on, is found out before anything is started. They are more than those of generation 0 by what
/// names the handover.
///
/// @param bytes what the kernel counts
/// @param most what it takes
public record LaunchSize(long bytes, int arguments, int variables, long most) {
    /// What to do about too much.
    public static final String CURE = "make them smaller, or raise that limit before the server is started: ulimit -s,"
            + " LimitSTACK=";

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String STACK = "Max stack size";
    // What execve(2) says under "Limits on size of arguments and environment".
    private static final long MOST = 6L * 1024 * 1024;
    private static final long LEAST = 128L * 1024;
    private static final int LONGEST_WORD = 128 * 1024;
    /// The kernel adds the interpreter and its argument, a shell its own variables.
    private static final int SCRIPT_BYTES = 4 * 1024;
    private static final long HIGHEST_INODE = 0xFFFFFFFFL;
    private static final int PERCENT = 90;

    /// Of what would be started now, with the limits of now.
    public static LaunchSize of(LaunchDescription launch) {
        return of(launch, limit());
    }

    static LaunchSize of(LaunchDescription launch, long most) {
        List<byte[]> environment = ofSuccessor(launch);
        Path program = ProgramPath.find(launch).orElse(Path.of(""));
        long bytes = FileNames.bytes(program).length + 1 + size(launch.arguments()) + size(environment)
                + (isScript(program) ? SCRIPT_BYTES : 0);
        return new LaunchSize(bytes, launch.arguments().size(), environment.size(), most);
    }

    private static List<byte[]> ofSuccessor(LaunchDescription launch) {
        return launch.environmentWith(
                new HandoverVariable(HandoverVariable.SOCKET_IN_CHILD, OwnProcess.pid(), HIGHEST_INODE));
    }

    /// Whether little is left for more, or nothing.
    public boolean isNearLimit() {
        return bytes > most / 100 * PERCENT;
    }

    /// For a person.
    public String shown() {
        return bytes + " bytes for " + arguments + " arguments and " + variables
                + " variables of the environment, and the"
                + " kernel takes " + most + " (a quarter of the stack's limit)";
    }

    /// The first obstacle there is.
    ///
    /// @param next of which nothing else is wrong
    public static Optional<Obstacle> obstacle(Posix posix, NextLaunch next) {
        return of(next.started()).obstacle().or(() -> tooLong(next.started()))
                .or(() -> handover(posix, next.handedOn().toWire()));
    }

    Optional<Obstacle> obstacle() {
        return bytes <= most ? Optional.empty() : Optional.of(new Obstacle("a successor needs " + shown(), CURE));
    }

    /// What this process was started with was not too long, however large the pages of its kernel are.
    static Optional<Obstacle> tooLong(LaunchDescription launch) {
        int most = Math.max(LONGEST_WORD - 1, longest(ofSuccessor(launch)));
        int longest = longest(launch.arguments());
        return longest <= most ? Optional.empty() : Optional.of(new Obstacle("an argument has " + longest
                + " bytes, and the kernel takes none of more than " + most, "put it into a file"));
    }

    /// With the zero byte at its end, each word needs a pointer.
    private static long size(List<byte[]> words) {
        long size = 0;
        for (byte[] word : words) {
            size += word.length + 1 + Long.BYTES;
        }
        return size;
    }

    private static int longest(List<byte[]> words) {
        int longest = 0;
        for (byte[] word : words) {
            longest = Math.max(longest, word.length);
        }
        return longest;
    }

    private static boolean isScript(Path program) {
        try (InputStream in = Files.newInputStream(program)) {
            return Interpreter.isScript(in.readNBytes(2));
        } catch (IOException e) { // to be executed and not read, as binaries may be
            return false;
        }
    }

    private static long limit() {
        try {
            return limit(Files.readString(LIMITS));
        } catch (IOException e) {
            return MOST;
        }
    }

    /// @param limits of which the soft one of the stack counts
    static long limit(String limits) {
        for (String line : limits.lines().toList()) {
            if (line.startsWith(STACK)) {
                String soft = line.substring(STACK.length()).strip().split(" +", 2)[0];
                return soft.equals("unlimited") ? MOST : Math.clamp(Long.parseLong(soft) / 4, LEAST, MOST);
            }
        }
        return MOST;
    }

    /// Makes the file that would be made, for not every system allows that.
    private static Optional<Obstacle> handover(Posix posix, Message.LaunchDescription launch) {
        if (LaunchCodec.fitsFrame(launch)) {
            return Optional.empty();
        }
        try {
            LaunchFile.write(posix, LaunchCodec.encode(launch)).close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(new Obstacle("arguments and environment are too large for a frame of the handover, and"
                    + " cannot be handed over as a file in memory either: " + e.getMessage(),
                    "make them smaller, or allow memfd_create(2)"));
        }
    }
}
