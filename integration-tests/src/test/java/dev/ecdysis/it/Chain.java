package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A server from its first process on, whatever it becomes.
final class Chain implements AutoCloseable {
    private final Workplace workplace;
    private final Path folder;
    private final Output output;
    private final Output errors;
    private Process first;

    private Chain(Workplace workplace) {
        this.workplace = workplace;
        this.folder = workplace.folder();
        this.output = new Output(folder.resolve("out"));
        this.errors = new Output(folder.resolve("err"));
    }

    static Chain create() throws IOException {
        Chain chain = new Chain(Workplace.create());
        Files.createDirectory(chain.run());
        Files.createDirectory(chain.folder().resolve("gates"));
        return chain;
    }

    /// Returns when it serves.
    void start(Launch launch, Path directory) throws Exception {
        begin(launch, directory);
        awaitServing();
    }

    /// Returns at once.
    void begin(Launch launch, Path directory) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(withSignals(words(launch)))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out").toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("err").toFile()))
                .directory(directory.toFile());
        Map<String, String> environment = builder.environment();
        launch.environment().forEach((name, value) -> environment.put(name, inRunFolder(value)));
        // As a shell would have it; what this process has leads elsewhere.
        environment.put("PWD", directory.toString());
        workplace.mark(environment);
        first = builder.start();
    }

    /// Waits until generation 0 does.
    void awaitServing() throws Exception {
        Await.until("generation 0 serves", () -> {
            if (!first.isAlive()) {
                throw new AssertionError("generation 0 ended with status " + first.exitValue());
            }
            return output.find(0, "^serving generation=0 ").isPresent();
        });
    }

    /// A build under nohup ignores SIGHUP, one in the background of a script SIGINT, and so would all that they start.
    private static List<String> withSignals(List<String> command) throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow().substring("SigIgn:".length())
                .strip();
        long needed = 1L << (Processes.HUP - 1) | 1L << (Processes.INT - 1);
        if ((Long.parseUnsignedLong(ignored, 16) & needed) == 0) {
            return command;
        }
        return Stream.concat(Stream.of("env", "--default-signal=HUP,INT"), command.stream()).toList();
    }

    /// The words of a command for this chain.
    List<String> words(Launch launch) {
        return launch.command().stream().map(this::inRunFolder).toList();
    }

    private String inRunFolder(String text) {
        return text.replace("@", run().toString());
    }

    /// Where the server has its control socket, its PID file and its Unix sockets, and nobody else has
    /// anything.
    Path run() {
        return folder.resolve("run");
    }

    /// For files of the test's own.
    Path folder() {
        return folder;
    }

    Path control() {
        return run().resolve("control.sock");
    }

    Path pidFile() {
        return run().resolve("server.pid");
    }

    Output output() {
        return output;
    }

    Output errors() {
        return errors;
    }

    /// Generation 0.
    Process first() {
        return first;
    }

    /// The addresses that generation 0 said it has, in order.
    List<SocketAddress> addresses() throws Exception {
        String text = output.await(0, "^serving generation=0 .*addresses=(\\S+)").group(1);
        List<SocketAddress> addresses = new ArrayList<>();
        for (String address : text.split(",", -1)) {
            if (address.startsWith("unix:")) {
                addresses.add(UnixDomainSocketAddress.of(address.substring("unix:".length())));
            } else {
                String host = address.substring("tcp:".length(), address.lastIndexOf(':'))
                        .replaceAll("[\\[\\]]", "");
                addresses.add(new InetSocketAddress(InetAddress.ofLiteral(host),
                        Integer.parseInt(address.substring(address.lastIndexOf(':') + 1))));
            }
        }
        return addresses;
    }

    SocketAddress address() throws Exception {
        return addresses().getFirst();
    }

    ServerStatus status() throws ControlException {
        try (ControlClient client = ControlClient.connect(control(), Await.LIMIT)) {
            return client.status();
        }
    }

    /// Waits until the process that serves has rehearsed: that begins before it can say its status, and ends when every
    /// class is there.
    void awaitRehearsed() throws Exception {
        long pid = status().pid();
        Await.until("the rehearsal is over",
                () -> Processes.threads(pid).stream().noneMatch(name -> name.startsWith("ecdysis-rehears")));
    }

    Upgrading startUpgrade() {
        return Upgrading.start(control());
    }

    /// With a command of the operator's.
    Upgrading startUpgrade(List<String> command) {
        return Upgrading.start(control(), command);
    }

    UpgradeResult upgrade() throws Exception {
        return startUpgrade().await();
    }

    /// Holds the next process that comes to this point.
    Gate hold(String name) throws IOException {
        return new Gate(folder.resolve("gates"), name, output);
    }

    /// Has a process of [dev.ecdysis.it.program.Program] call `stop()`, and returns when it has.
    void stopByCall(long pid) throws Exception {
        Files.createFile(folder.resolve("gates").resolve("stop-" + pid));
        output.await(0, "^stop was called pid=" + pid + "$");
    }

    /// Has a process of [dev.ecdysis.it.program.Program] fill its heap for as long as it was told.
    void fillHeap(long pid) throws Exception {
        Files.createFile(folder.resolve("gates").resolve("fill-" + pid));
        output.await(0, "^fills the heap pid=" + pid + "$");
    }

    /// Its processes that live.
    List<Long> processes() throws IOException {
        return workplace.processes();
    }

    /// The process that an upgrade by generation 0 has started.
    long successor() throws IOException {
        return processes().stream().filter(pid -> pid != first.pid()).findFirst().orElseThrow();
    }

    /// Waits until nothing but this process drains, and has only so many connections left.
    void awaitDraining(long pid, long connections) throws Exception {
        Await.until("process " + pid + " drains " + connections + " connections", () -> {
            List<DrainingStatus> draining = status().draining();
            return draining.size() == 1 && draining.getFirst().pid() == pid
                    && draining.getFirst().connections() == connections;
        });
    }

    /// Waits until this process is the only one left, and then checks that everybody says so.
    void assertServesAlone(long pid) throws Exception {
        Await.until("only process " + pid + " is left", () -> processes().equals(List.of(pid)));
        // It has to notice as well.
        Await.until("nobody drains any more", () -> status().draining().isEmpty());
        assertThat(Processes.zombiesOf(pid)).as("zombies").isEmpty();
        ServerStatus status = status();
        assertThat(status.pid()).isEqualTo(pid);
        assertThat(status.state()).isEqualTo(ServerState.RUNNING);
        assertThat(Files.readString(pidFile())).isEqualTo(pid + "\n");
    }

    void assertServesAlone() throws Exception {
        assertServesAlone(status().pid());
    }

    /// Whatever has happened, the next upgrade must work, and a stop must leave nothing behind.
    void assertUpgradesAndEnds() throws Exception {
        assertUpgrades();
        assertEnds();
    }

    UpgradeResult.Committed assertUpgrades() throws Exception {
        int generation = status().generation();
        UpgradeResult.Committed committed = startUpgrade().await(UpgradeResult.Committed.class);
        assertThat(committed.generation()).isEqualTo(generation + 1);
        assertServesAlone(committed.pid());
        return committed;
    }

    void assertEnds() throws Exception {
        try (ControlClient client = ControlClient.connect(control(), Await.LIMIT)) {
            client.stop(progress -> {
            });
        }
        assertNothingLeft();
    }

    void assertNothingLeft() throws Exception {
        Await.until("no process is left", () -> processes().isEmpty());
        try (Stream<Path> files = Files.list(run())) {
            assertThat(files.toList()).as("files that are left").isEmpty();
        }
    }

    /// Ends what is left by force.
    ///
    /// @return which processes that were
    List<Long> end() throws IOException {
        return workplace.end();
    }

    @Override
    public void close() throws IOException {
        workplace.close();
    }
}
