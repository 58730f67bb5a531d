package dev.ecdysis.internal.sides;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.engine.Answer;
import dev.ecdysis.internal.engine.Behaviour;
import dev.ecdysis.internal.engine.Fault;
import dev.ecdysis.internal.engine.TinyServer;
import dev.ecdysis.internal.engine.Traces;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.FaultingPosix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Nth call of a first generation's start fails, for every N: nothing is left behind, and the next start succeeds.
class StartUnderFaultTest {
    @TempDir
    Path folder;

    @BeforeEach
    void describe() throws IOException {
        Behaviour.SERVES.write(folder);
        Fault.NONE.write(folder);
    }

    @Test
    void everyCallFailsOnce() throws Exception {
        startAndStop(new FaultingPosix(LinuxPosix.open()));
        Traces before = Traces.ofThisProcess();
        int n = 0;
        boolean injected = true;
        while (injected) {
            n++;
            FaultingPosix posix = new FaultingPosix(LinuxPosix.open()).failAt(n);
            try {
                startAndStop(posix);
            } catch (EcdysisException e) {
                assertThat(e).as("call " + n).hasMessageContaining("injected");
            }
            String what = "call " + n + " of " + posix.calls();
            injected = posix.injected().isPresent();
            assertThat(posix.openDescriptors()).as(what).isEmpty();
            assertThat(files()).as(what).isEmpty();
            before.awaitNoMore(what);
        }
        System.err.println("a start makes " + (n - 1) + " calls; each has failed once");
        assertThat(n).isGreaterThan(10);
    }

    @Test
    void closedBeforeItWasReadyItLeavesNothing() throws Exception {
        try (TinyServer _ = new TinyServer(folder, new FaultingPosix(LinuxPosix.open()), Behaviour.SERVES)) {
            assertThat(TinyServer.control(folder)).exists();
        }
        assertThat(files()).isEmpty();
    }

    private void startAndStop(FaultingPosix posix) throws IOException, AbandonedException, InterruptedException {
        try (TinyServer server = new TinyServer(folder, posix, Behaviour.SERVES)) {
            server.ecdysis.ready();
            Answer.from(server.address());
            server.ecdysis.stop();
            server.ecdysis.awaitExit();
        }
    }

    /// What a server would leave in its folder.
    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !Fault.isFile(name) && !name.equals("behaviour")).toList();
        }
    }
}
