package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Launches below `ecdysis run`, from the one jar of the command line.
final class Supervised {
    /// A process that is as good as the first of a container.
    static final List<String> PID_NAMESPACE = List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");
    static final List<String> TINI = List.of("tini", "--");

    private Supervised() {
    }

    static List<String> run() {
        List<String> command = new ArrayList<>(List.of(Launch.JAVA));
        command.addAll(Launch.LIGHT);
        command.addAll(Launch.jar("ecdysis.cli.jar"));
        command.addAll(List.of("run", "--"));
        return command;
    }

    static Launch launch(Launch server) {
        return below(List.of(), server);
    }

    /// @param above what starts the supervisor
    static Launch below(List<String> above, Launch server) {
        return new Launch(Stream.of(above, run(), server.command()).flatMap(List::stream).toList(),
                server.environment());
    }

    /// The supervisor's process: the chain's first, or below that.
    static long supervisor(Chain chain) throws Exception {
        return Await.value("the supervisor", () -> chain.processes().stream()
                .filter(pid -> commandLine(pid).contains("dev.ecdysis.internal.supervisor.Main")).findFirst());
    }

    /// Who gets what is sent to the container: its first process.
    static long firstOfContainer(Chain chain) throws IOException {
        List<Long> children = Processes.childrenOf(chain.first().pid());
        assertThat(children).hasSize(1);
        return children.getFirst();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"),
                    java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // it has ended
        }
    }
}
