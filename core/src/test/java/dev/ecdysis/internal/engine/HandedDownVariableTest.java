package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.SpawnRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a process makes of a handover that was meant for the process which started it. That one is a shell here; this
/// JVM is the predecessor.
class HandedDownVariableTest {
    private static final LinuxPosix POSIX = LinuxPosix.open();
    private static final int LIMIT_MILLIS = 60_000;
    private static final String LOSES_THE_SOCKET = "exec 3>&-; ";
    private static final String REFUSED = "stale or forged: descriptor 3 is not that socket";

    @TempDir
    Path folder;

    /// Starts twice, and says what came of it.
    static final class Twice {
        public static void main(String[] arguments) {
            for (int i = 0; i < 2; i++) {
                try (Ecdysis ecdysis = new EngineBuilder(LinuxPosix::open).start()) {
                    System.out.println("generation " + ecdysis.generation());
                } catch (EcdysisException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    /// The lines of a server without the socket, whose parent is a shell that has it and does the same as a successor
    /// with an environment of its own: it passes the variable on.
    private List<String> child(String first, long predecessor) throws Exception {
        Path output = folder.resolve("output");
        try (FdPair pair = POSIX.socketpair()) {
            String inode = Files.readSymbolicLink(Path.of("/proc/self/fd/" + pair.first().number())).toString()
                    .replaceAll("\\D", "");
            // Two commands, or the shell would replace itself by the first.
            String script = first + "\"$@\" 3>&- >" + output + " 2>&1; true";
            List<byte[]> words = new ArrayList<>();
            for (String word : List.of("sh", "-c", script, "sh")) {
                words.add(word.getBytes(StandardCharsets.UTF_8));
            }
            for (String word : TinyServer.java(Twice.class)) {
                words.add(word.getBytes(StandardCharsets.UTF_8));
            }
            String variable = "ECDYSIS_HANDOVER=v1:3:" + predecessor + ":" + inode;
            int pid = POSIX.spawn(new SpawnRequest("/bin/sh", words,
                    List.of(variable.getBytes(StandardCharsets.UTF_8)), folder.toString().getBytes(
                            StandardCharsets.UTF_8),
                    Map.of(3, pair.first())));
            awaitEnd(pid);
        }
        return Files.readAllLines(output);
    }

    private static void awaitEnd(int pid) throws IOException {
        try (Fd pidfd = POSIX.pidfdOpen(pid)) {
            try {
                PollFd exit = new PollFd(pidfd, Linux.POLLIN);
                POSIX.poll(List.of(exit), LIMIT_MILLIS);
                assertThat(exit.isReady()).as("it has ended").isTrue();
            } finally {
                POSIX.pidfdSendSignal(pidfd, Linux.SIGKILL);
                POSIX.poll(List.of(new PollFd(pidfd, Linux.POLLIN)), LIMIT_MILLIS);
                POSIX.waitid(pidfd);
            }
        }
    }

    private static long aProcessThatHasEnded() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    @Test
    void oneThatTheParentTookUpIsNone() throws Exception {
        assertThat(child("", ProcessHandle.current().pid())).containsExactly("generation 0", "generation 0");
    }

    @Test
    void oneThatTheParentTookUpLongAgoIsNone() throws Exception {
        assertThat(child(LOSES_THE_SOCKET, aProcessThatHasEnded())).containsExactly("generation 0", "generation 0");
    }

    /// The predecessor still waits for somebody: this is an error, also the second time.
    @Test
    void oneThatNobodyTookUpIsAnErrorEachTime() throws Exception {
        assertThat(child(LOSES_THE_SOCKET, ProcessHandle.current().pid())).hasSize(2)
                .allSatisfy(line -> assertThat(line).contains(REFUSED));
    }
}
