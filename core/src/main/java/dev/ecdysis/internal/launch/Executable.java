package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.procfs.FileNames;
import dev.ecdysis.internal.procfs.Mounts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Why the kernel will not execute a file, before it is asked: execve(2) says ENOENT also when the file is there and what
/// runs it is not, and EACCES for four different reasons.
///
/// What is not understood, or may not be read, is no obstacle: the kernel has the last word.
final class Executable {
    /// More than the kernel looks at, and than an ELF file usually has before the name of its loader.
    static final int HEAD = 4096;
    /// An interpreter may be a script, as deep as the kernel goes.
    private static final int MOST_INTERPRETERS = 5;
    private static final Path BINFMT_MISC = Path.of("/proc/sys/fs/binfmt_misc");
    private static final Set<PosixFilePermission> EXECUTE = Set.of(PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);

    private Executable() {
    }

    /// @param launch where its interpreter is looked for: relative to the working directory, or on the PATH
    static Optional<Obstacle> obstacle(Path program, LaunchDescription launch) {
        return obstacle(program, FileNames.shown(program), "install it, or name another program", launch, 0);
    }

    /// @param name how it is spoken of
    /// @param missing what to do when it is not there
    private static Optional<Obstacle> obstacle(Path file, String name, String missing, LaunchDescription launch,
            int depth) {
        Optional<Obstacle> access = access(file, name, missing);
        if (access.isPresent()) {
            return access;
        }
        if (depth > MOST_INTERPRETERS) {
            return Optional.of(new Obstacle(name + " is one script too many that runs a script",
                    "name a program in the first line of one"));
        }
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(HEAD);
        } catch (IOException e) { // to be executed and not read, which is enough
            return Optional.empty();
        }
        if (Interpreter.isScript(head)) {
            return script(head, name, launch, depth);
        }
        if (!ElfProgram.isElf(head)) {
            return isEveryFormatKnown() ? Optional.of(Interpreter.noProgram(head, name)) : Optional.empty();
        }
        return elf(file, head, name, launch);
    }

    /// By the names and the modes.
    private static Optional<Obstacle> access(Path file, String name, String missing) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                return Optional.of(new Obstacle(name + " is not an executable file", missing));
            }
            return Files.isExecutable(file) ? Optional.empty() : Optional.of(notExecutable(file, name));
        } catch (NoSuchFileException e) {
            return Optional.of(new Obstacle(name + " does not exist" + target(file), missing));
        } catch (AccessDeniedException e) {
            return Optional.of(new Obstacle(name + " cannot be reached by the server's user, because "
                    + FileNames.shown(StartFolder.closed(file)) + " lets only others in",
                    "chmod or chown that folder"));
        } catch (IOException e) {
            return Optional.of(new Obstacle(name + " cannot be reached (" + StartFolder.reason(e) + ")", missing));
        }
    }

    private static String target(Path file) {
        try {
            return ": it is a link to " + FileNames.shown(Files.readSymbolicLink(file).toString().getBytes(
                    java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    private static Obstacle notExecutable(Path file, String name) {
        try {
            Optional<String> mount = Mounts.withoutExecution(file.toRealPath());
            if (mount.isPresent() && !Collections.disjoint(Files.getPosixFilePermissions(file), EXECUTE)) {
                return new Obstacle(name + " lies below " + mount.get() + ", which is mounted noexec",
                        "put it elsewhere, or mount -o remount,exec " + mount.get());
            }
        } catch (IOException | UnsupportedOperationException e) {
            Log.of(Executable.class).log(System.Logger.Level.DEBUG, "about " + name, e);
        }
        return new Obstacle(name + " is not an executable file", "chmod +x it, or name another program");
    }

    private static Optional<Obstacle> script(byte[] head, String name, LaunchDescription launch, int depth) {
        Optional<Interpreter> line = Interpreter.of(head);
        if (line.isEmpty()) {
            return Optional.of(new Obstacle("the first line of " + name + " names no interpreter",
                    "begin it with #!/bin/sh"));
        }
        Interpreter interpreter = line.get();
        Optional<Obstacle> obstacle = obstacle(FileNames.resolve(launch.directory(), interpreter.path()),
                "the interpreter " + FileNames.shown(interpreter.path()) + " of " + name, interpreter.missing(), launch,
                depth + 1);
        return obstacle.isPresent() ? obstacle : interpreter.obstacle(name, launch);
    }

    private static Optional<Obstacle> elf(Path file, byte[] head, String name, LaunchDescription launch) {
        ElfProgram elf = ElfProgram.of(file, head);
        if (elf.isForeign() && isEveryFormatKnown()) {
            return Optional.of(new Obstacle(name + " is built for another processor", "install a build for this one"));
        }
        if (elf.loader().isEmpty()) {
            return Optional.empty();
        }
        byte[] loader = elf.loader().get();
        Path path = FileNames.resolve(launch.directory(), loader);
        return Files.exists(path)
                ? access(path, "the loader " + FileNames.shown(loader) + " of " + name, "install it")
                : Optional.of(new Obstacle(name + " is built for another C library: its loader "
                        + FileNames.shown(loader) + " does not exist",
                        "install that library, or a build for the one that is here"));
    }

    /// Whether nothing but scripts and ELF files can be executed here: others can be registered, see
    /// [binfmt_misc](https://docs.kernel.org/admin-guide/binfmt-misc.html).
    private static boolean isEveryFormatKnown() {
        try (var entries = Files.newDirectoryStream(BINFMT_MISC)) {
            for (Path entry : entries) {
                if (!List.of("register", "status").contains(String.valueOf(entry.getFileName()))) {
                    return false;
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) { // not mounted: there are none
            return true;
        }
        return true;
    }
}
