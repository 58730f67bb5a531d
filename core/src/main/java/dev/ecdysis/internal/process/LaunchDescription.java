package dev.ecdysis.internal.process;

import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What starts a successor: recorded by generation 0 as it was started itself, handed on unchanged, and resolved anew
/// by each generation, so that a moved symlink, a replaced jar or an earlier `java` on the PATH takes effect for good.
public final class LaunchDescription {
    /// Socket activation is for the one process that systemd started: its descriptors do not cross exec a second time,
    /// and whoever believed the variables would take what else has their numbers for them.
    private static final Set<String> FOR_THIS_PROCESS_ONLY = Set.of("LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS",
            "LISTEN_FDNAMES");

    private final List<byte[]> arguments;
    private final List<byte[]> environment;
    private final byte[] directory;

    private LaunchDescription(List<byte[]> arguments, List<byte[]> environment, byte[] directory) {
        this.arguments = List.copyOf(arguments);
        this.environment = List.copyOf(environment);
        this.directory = directory;
    }

    /// How this process was started. `/proc/self/cmdline` keeps the arguments as they were typed, empty ones and
    /// argument files included.
    public static LaunchDescription ofThisProcess() throws IOException {
        List<byte[]> environment = new ArrayList<>(ProcFiles.zeroTerminated(Path.of("/proc/self/environ")));
        environment.removeIf(entry -> HandoverVariable.isEntry(entry) || isForThisProcessOnly(entry));
        return new LaunchDescription(ProcFiles.zeroTerminated(Path.of("/proc/self/cmdline")), environment,
                logicalDirectory(environment));
    }

    private static boolean isForThisProcessOnly(byte[] entry) {
        return FOR_THIS_PROCESS_ONLY.contains(text(entry).split("=", 2)[0]);
    }

    /// The one that came with WELCOME.
    public static LaunchDescription of(Message.LaunchDescription wire) {
        return new LaunchDescription(wire.arguments(), wire.environment(), wire.directory());
    }

    public Message.LaunchDescription toWire() {
        return new Message.LaunchDescription(arguments, environment, directory);
    }

    /// The same with other arguments.
    public LaunchDescription withCommand(List<String> command) {
        List<byte[]> words = new ArrayList<>(command.size());
        for (String word : command) {
            words.add(bytes(word));
        }
        return new LaunchDescription(words, environment, directory);
    }

    /// `$PWD` when it is the same folder as the working directory: it keeps the symlinks that were walked through, so
    /// that one which has moved leads to the new place.
    private static byte[] logicalDirectory(List<byte[]> environment) throws IOException {
        Path actual = Path.of("/proc/self/cwd");
        Optional<String> logical = variable(environment, "PWD");
        if (logical.isPresent() && logical.get().startsWith("/")) {
            Path path = Path.of(logical.get());
            if (Files.exists(path) && Files.isSameFile(path, actual)) {
                return bytes(logical.get());
            }
        }
        return bytes(Files.readSymbolicLink(actual).toString());
    }

    List<byte[]> arguments() {
        return arguments;
    }

    byte[] directory() {
        return directory;
    }

    List<String> words() {
        List<String> words = new ArrayList<>(arguments.size());
        for (byte[] argument : arguments) {
            words.add(text(argument));
        }
        return words;
    }

    Path directoryPath() {
        return Path.of(text(directory));
    }

    Optional<String> variable(String name) {
        return variable(environment, name);
    }

    /// The environment of a successor: the base copy, `$PWD` as it should be, and the variable that names the
    /// handover.
    List<byte[]> environmentWith(HandoverVariable handover) {
        List<byte[]> entries = new ArrayList<>();
        for (byte[] entry : environment) {
            if (!text(entry).startsWith("PWD=")) {
                entries.add(entry);
            }
        }
        entries.add(bytes("PWD=" + text(directory)));
        entries.add(handover.entry());
        return entries;
    }

    private static Optional<String> variable(List<byte[]> environment, String name) {
        String start = name + "=";
        for (byte[] entry : environment) {
            String text = text(entry);
            if (text.startsWith(start)) {
                return Optional.of(text.substring(start.length()));
            }
        }
        return Optional.empty();
    }

    // File names are bytes to Linux. The JDK maps them to strings by sun.jnu.encoding, which is UTF-8 or ASCII; bytes
    // that do not decode there cannot be opened through the JDK either.
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
