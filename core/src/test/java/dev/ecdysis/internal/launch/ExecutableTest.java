package dev.ecdysis.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SpawnRequest;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.procfs.Mounts;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is found before a start agrees with what the kernel does.
class ExecutableTest {
    private static final int EM_S390 = 22;
    private static final int EM_OURS = System.getProperty("os.arch").equals("aarch64") ? 183 : 62;

    @TempDir
    Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private LaunchDescription launch(Path program) {
        return LaunchDescription.of(new Message.LaunchDescription(List.of(bytes(program.toString())),
                List.of(bytes("PATH=/usr/bin:/bin")), bytes(folder.toString())));
    }

    private Optional<String> obstacle(Path program) {
        return Executable.obstacle(program, launch(program)).map(Obstacle::line);
    }

    private Path program(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("program"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path script(String text) throws IOException {
        return program(text.translateEscapes().getBytes(StandardCharsets.ISO_8859_1));
    }

    /// The kernel's word on it: the failure, or the exit status; empty when it went well.
    private String started(Path program) throws Exception {
        LinuxPosix posix = LinuxPosix.open();
        try {
            int pid = posix.spawn(new SpawnRequest(program.toString(), List.of(bytes("program")),
                    List.of(bytes("PATH=/usr/bin:/bin")), bytes(folder.toString()), Map.of()));
            try (Fd pidfd = posix.pidfdOpen(pid)) {
                assertThat(posix.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), 60_000)).as("ended").isOne();
                int status = posix.waitid(pidfd).orElseThrow();
                return status == 0 ? "" : "exit status " + status;
            }
        } catch (PosixException e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "#!/bin/sh\\nexit 0\\n",
        "#! \\t/bin/sh \\nexit 0\\n",
        "#!/usr/bin/env sh\\nexit 0\\n",
        "#!/usr/bin/env -S sh -e\\nexit 0\\n",
        "#!/usr/bin/env -Ssh -e\\nexit 0\\n",
        "#!/usr/bin/env -S A=b sh -e\\nexit 0\\n",
        "#!/usr/bin/env -S sh -e\\r\\nexit 0\\n",
        "#!/bin/true"})
    void aScriptThatRunsIsNoObstacle(String text) throws Exception {
        Path script = script(text);
        assertThat(obstacle(script)).isEmpty();
        assertThat(started(script)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "#!/bin/sh\\r\\nexit 0\\r\\n | the interpreter /bin/sh\\\\r of FILE does not exist; the lines end in CR LF",
        "#!/bin/sh -e\\r\\nexit 0\\n | the interpreter /bin/sh of FILE is given the option -e\\\\r; the lines end in CR LF",
        "#!/no/such/shell -e\\nexit 0 | the interpreter /no/such/shell of FILE does not exist; install it",
        "#!/usr/bin/env sh\\r\\nexit 0 | env, the interpreter of FILE, would find no sh\\\\r on the PATH; the lines end in",
        "#!/usr/bin/env no-such-shell\\n | would find no no-such-shell on the PATH; install it",
        "#!/usr/bin/env sh -e\\nexit 0 | would find no sh -e on the PATH; separate a program from its arguments with",
        "#!/usr/bin/env -S no-such-shell -e\\n | would find no no-such-shell on the PATH; install it",
        "#!\\nexit 0\\n | the first line of FILE names no interpreter; begin it with #!/bin/sh",
        "#!/etc/passwd\\n | the interpreter /etc/passwd of FILE is not an executable file; chmod +x it",
        "#!/dev/null\\n | the interpreter /dev/null of FILE is not an executable file"})
    void aScriptThatDoesNotRunIsToldWhy(String text, String why) throws Exception {
        Path script = script(text);
        assertThat(obstacle(script).orElseThrow()).contains(why.translateEscapes().replace("FILE", script.toString()));
        assertThat(started(script)).as("the kernel").isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"exit 0\\n | is neither a script nor a program; if it is a script, begin it with",
                "'' | is empty", "\u00ef\u00bb\u00bf#!/bin/sh\\n | begins with a byte order mark"})
    void aFileThatIsNoProgramIsToldSo(String text, String why) throws Exception {
        assertThat(obstacle(script(text)).orElseThrow()).contains(folder.resolve("program") + " " + why);
    }

    @Test
    void aNameThatDoesNotEndWhereTheKernelLooksIsNone() throws Exception {
        assertThat(obstacle(script("#!/" + "x".repeat(300))).orElseThrow()).contains("names no interpreter");
        assertThat(obstacle(script("#!/bin/sh " + "x".repeat(300)))).isEmpty();
    }

    @Test
    void aScriptThatRunsItselfEnds() throws Exception {
        Path script = folder.resolve("program");
        script("#!" + script + "\\n");
        assertThat(obstacle(script).orElseThrow()).contains("one script too many");
        assertThat(started(script)).isNotEmpty();
    }

    /// Nobody writes to it, so opening it would wait for ever.
    @Test
    @Timeout(60)
    void aPipeIsNotOpened() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", "-m", "755", pipe.toString()).start().waitFor()).isZero();
        assertThat(obstacle(pipe).orElseThrow()).contains("is not an executable file");
        assertThat(obstacle(script("#!" + pipe + "\\n")).orElseThrow()).contains("is not an executable file");
    }

    @Test
    void aLinkThatLeadsNowhereIsNamedWithWhereItLeads() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("java"), Path.of("/no/such/java"));
        assertThat(obstacle(link).orElseThrow()).contains(link + " does not exist: it is a link to /no/such/java");
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        assertThat(obstacle(loop).orElseThrow()).contains("Too many levels of symbolic links");
    }

    /// An ELF file of 64 bits with one program header, which names a loader.
    private static byte[] elf(int machine, String loader, int offset) {
        byte[] name = bytes(loader + "\0");
        ByteBuffer file = ByteBuffer.allocate(offset + name.length).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
        file.putShort(16, (short) 2).putShort(18, (short) machine).putInt(20, 1);
        file.putLong(32, 64).putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
        file.putInt(64, 3).putInt(68, 4).putLong(72, offset).putLong(96, name.length).putLong(104, name.length);
        file.put(offset, name);
        return file.array();
    }

    @Test
    void aProgramForAnotherLibraryIsToldWhichLoaderIsMissing() throws Exception {
        for (int offset : new int[] {120, 20_000}) {
            Path program = program(elf(EM_OURS, "/lib/ld-nowhere.so.1", offset));
            assertThat(obstacle(program).orElseThrow()).contains(program + " is built for another C library: its loader"
                    + " /lib/ld-nowhere.so.1 does not exist");
            assertThat(started(program)).isNotEmpty();
        }
        assertThat(obstacle(script("#!" + folder.resolve("program") + "\\n"))).isPresent();
    }

    @Test
    void aProgramForAnotherProcessorIsToldSo() throws Exception {
        assertThat(obstacle(program(elf(EM_S390, "/bin/sh", 120))).orElseThrow())
                .contains("built for another processor");
    }

    @Test
    void ordinaryProgramsAreNoObstacle() {
        assertThat(obstacle(Path.of("/bin/sh"))).isEmpty();
        assertThat(obstacle(Path.of(System.getProperty("java.home"), "bin/java"))).isEmpty();
    }

    /// Where the loader is said to be there is nothing: the kernel has the last word.
    @ParameterizedTest
    @ValueSource(ints = {32, 72, 96})
    void aHeaderThatMakesNoSenseIsNotBelieved(int at) throws Exception {
        byte[] file = elf(EM_OURS, "/lib/ld-nowhere.so.1", 120);
        Arrays.fill(file, at, at + 8, (byte) 0xff);
        assertThat(obstacle(program(file))).isEmpty();
    }

    @Test
    void aFailedStartSaysWhatIsWrong() throws Exception {
        LaunchDescription launch = launch(script("#!/bin/sh\\r\\n"));
        assertThat(failure(launch)).contains("posix_spawn(", "ENOENT", "/bin/sh\\r", "CR LF");
        Path program = program(Files.readAllBytes(Path.of("/bin/true")));
        try (var writing = Files.newOutputStream(program, java.nio.file.StandardOpenOption.APPEND)) {
            assertThat(failure(launch(program))).contains("ETXTBSY", "somebody is writing it");
            writing.flush();
        }
    }

    private static String failure(LaunchDescription launch) throws IOException {
        try {
            SuccessorProcess process = SuccessorProcess.start(LinuxPosix.open(), launch,
                    new Relays(LinuxPosix.open()), false);
            SuccessorProcess.kill(LinuxPosix.open(), process.pidfd());
            throw new AssertionError("it was started");
        } catch (PosixException e) {
            throw new AssertionError("not explained", e);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @Test
    void aMountWithoutExecutionIsNamed() {
        List<String> table = List.of("1 0 0:1 / / rw - ext4 x rw", "2 1 0:2 / /a\\040b rw,noexec - tmpfs x rw",
                "3 2 0:3 / /a\\040b/c rw - tmpfs x rw", "4 1 0:4 / /d rw - tmpfs x rw",
                "5 4 0:5 / /d rw,noexec - x x rw",
                "nonsense");
        assertThat(Mounts.withoutExecution(table, Path.of("/a b/java"))).contains("/a b");
        assertThat(Mounts.withoutExecution(table, Path.of("/a b/c/java"))).isEmpty();
        assertThat(Mounts.withoutExecution(table, Path.of("/d/java"))).contains("/d");
        assertThat(Mounts.withoutExecution(table, Path.of("/bin/java"))).isEmpty();
    }
}
