package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.procfs.FileNames;
import dev.ecdysis.internal.procfs.ProcFiles;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final byte[] UNKNOWN = {};
    private static final String GIVE_ONE = "or say what to start: Builder.command, or " + NextLaunch.SCRIPT;

    private final List<byte[]> arguments;
    private final List<byte[]> environment;
    private final byte[] directory;
    private final Optional<byte[]> program;
    /// Of the place where this process was started, and of the program; none is handed on, because nobody gets it.
    private final Optional<Obstacle> place;
    private final Optional<Obstacle> unknown;

    private LaunchDescription(List<byte[]> arguments, List<byte[]> environment, byte[] directory,
            Optional<byte[]> program, Optional<Obstacle> place, Optional<Obstacle> unknown) {
        this.arguments = List.copyOf(arguments);
        this.environment = List.copyOf(environment);
        this.directory = directory;
        this.program = program;
        this.place = place;
        this.unknown = unknown;
    }

    /// How this process was started. `/proc/self/cmdline` keeps the arguments as they were typed, empty ones and
    /// argument files included. What cannot be found out is [told][#flaw()], and keeps no server from starting.
    public static LaunchDescription ofThisProcess(Posix posix) throws IOException {
        List<byte[]> environment = new ArrayList<>(ProcFiles.environment(posix));
        StartFolder folder = StartFolder.of(Path.of("/proc/self/cwd"),
                ProcFiles.variable(environment, "PWD").orElse(UNKNOWN));
        environment.removeIf(entry -> HandoverVariable.isEntry(entry) || isForThisProcessOnly(entry));
        Optional<Obstacle> place = OwnProcess.isNumberedElsewhere() ? Optional.of(new Obstacle(
                "/proc belongs to another pid namespace, and would tell of other processes than those that are meant",
                "mount it anew: mount -t proc proc /proc, or unshare --mount-proc")) : folder.obstacle();
        List<byte[]> arguments;
        try {
            arguments = ProcFiles.zeroTerminated(Path.of("/proc/self/cmdline"));
        } catch (IOException e) {
            return new LaunchDescription(List.of(), environment, folder.directory(), Optional.of(UNKNOWN), place,
                    Optional.of(new Obstacle("the command line of this process is not known ("
                            + StartFolder.reason(e) + ": /proc/self/cmdline)", "mount /proc, " + GIVE_ONE)));
        }
        return new LaunchDescription(arguments, environment, folder.directory(), Optional.empty(), place,
                Optional.empty()).judged();
    }

    /// With the program by its own name, unless the first word leads to it.
    private LaunchDescription judged() {
        Optional<RunningProgram> running = RunningProgram.of(Path.of("/proc/self/exe"));
        if (running.isEmpty()) {
            return with(UNKNOWN, Optional.of(new Obstacle("the program that runs is not known, because"
                    + " /proc/self/exe cannot be read", "mount /proc, " + GIVE_ONE)));
        }
        Optional<Path> executed = Executed.name(directory);
        Optional<Path> typed = ProgramPath.find(this);
        if (typed.isPresent() && running.get().is(typed.get(), executed)) {
            return this;
        }
        Optional<byte[]> name = running.get().name(executed);
        return name.isPresent() ? with(name.get(), Optional.empty()) : with(UNKNOWN, Optional.of(new Obstacle(
                "the program that runs is not to be found at " + running.get().shown() + ", and the first word "
                        + firstWord() + " of its command line does not lead to it",
                "start the server with a program that it can see, " + GIVE_ONE)));
    }

    private String firstWord() {
        return arguments.isEmpty() ? "" : FileNames.shown(arguments.getFirst());
    }

    private LaunchDescription with(byte[] other, Optional<Obstacle> why) {
        return new LaunchDescription(arguments, environment, directory, Optional.of(other), place, why);
    }

    private static boolean isForThisProcessOnly(byte[] entry) {
        return FOR_THIS_PROCESS_ONLY.contains(text(entry).split("=", 2)[0]);
    }

    /// The one that came with WELCOME.
    public static LaunchDescription of(Message.LaunchDescription wire) {
        return new LaunchDescription(wire.arguments(), wire.environment(), wire.directory(), wire.program(),
                Optional.empty(), Optional.empty());
    }

    public Message.LaunchDescription toWire() {
        return new Message.LaunchDescription(arguments, environment, directory, program);
    }

    /// The same with other arguments, of which the first is the program.
    public LaunchDescription withCommand(List<String> command) {
        List<byte[]> words = new ArrayList<>(command.size());
        for (String word : command) {
            words.add(bytes(word));
        }
        return new LaunchDescription(words, environment, directory, Optional.empty(), place, Optional.empty());
    }

    /// Why nothing can be started with it, known from the start and for good.
    public Optional<Obstacle> flaw() {
        if (place.isPresent()) {
            return place;
        }
        if (unknown.isEmpty() && program.isPresent() && program.get().length == 0) {
            return Optional.of(new Obstacle("the program of generation 0 is not known, and the first word "
                    + firstWord() + " of its command line does not lead to it",
                    "say what to start: Builder.command, or "
                            + NextLaunch.SCRIPT));
        }
        if (unknown.isEmpty() && (arguments.isEmpty() || (program.isEmpty() && arguments.getFirst().length == 0))) {
            return Optional.of(new Obstacle("the launch description names no program", "set Builder.command"));
        }
        return unknown;
    }

    public List<byte[]> arguments() {
        return arguments;
    }

    public byte[] directory() {
        return directory;
    }

    /// The file to execute, where the first word does not lead to it; no bytes when it is not known.
    Optional<byte[]> program() {
        return program;
    }

    public List<String> words() {
        List<String> words = new ArrayList<>(arguments.size());
        for (byte[] argument : arguments) {
            words.add(text(argument));
        }
        return words;
    }

    /// A variable of generation 0's environment.
    public Optional<String> variable(String name) {
        return ProcFiles.variable(environment, name).map(LaunchDescription::text);
    }

    Optional<byte[]> variableBytes(String name) {
        return ProcFiles.variable(environment, name);
    }

    /// The environment of a successor: the base copy, `$PWD` as it should be, and the variable that names the
    /// handover.
    public List<byte[]> environmentWith(HandoverVariable handover) {
        List<byte[]> entries = new ArrayList<>();
        for (byte[] entry : environment) {
            if (!text(entry).startsWith("PWD=")) {
                entries.add(entry);
            }
        }
        byte[] working = Arrays.copyOf(bytes("PWD="), 4 + directory.length);
        System.arraycopy(directory, 0, working, 4, directory.length);
        entries.add(working);
        entries.add(handover.entry());
        return entries;
    }

    // To be shown, or compared with what is ASCII: where a file is opened its name stays bytes.
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
