package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One server below the systemd of a [SystemdMachine], with names, a folder and a port of its own: tests run side by side
/// there. What an earlier one wrote to the journal is another one's.
final class SystemdServer {
    private static final AtomicInteger PORTS = new AtomicInteger(8100);
    private static final Path GUIDE = Path.of(System.getProperty("ecdysis.home", "..")).resolve("docs/operating.md");

    /// One request after the other, each on a connection of its own, until told to stop; then how many failed, and how
    /// many did not.
    private static final String CLIENT = """
            failed=0; answered=0
            while [ ! -e stop ]; do
              if exec 3<>/dev/tcp/127.0.0.1/PORT \\
                  && printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3 \\
                  && answer=$(timeout 30 cat <&3) && [[ $answer == *"200 OK"* ]]; then
                answered=$((answered + 1))
              else
                failed=$((failed + 1)); touch failed; sleep 0.1
              fi
              exec 3>&-
              [ $answered -lt 1 ] || touch begun
            done
            echo "failed=$failed answered=$answered" >count.new; mv count.new count
            """;

    private final SystemdMachine machine;
    private final int port;
    private final String name;

    /// @param kind how its name begins
    SystemdServer(SystemdMachine machine, String kind) {
        this.machine = machine;
        this.port = PORTS.incrementAndGet();
        this.name = kind + port;
    }

    private SystemdServer(SystemdMachine machine, int port, String name) {
        this.machine = machine;
        this.port = port;
        this.name = name;
    }

    /// One of a template, which is called by its port.
    SystemdServer instance(String template) {
        int another = PORTS.incrementAndGet();
        return new SystemdServer(machine, another, template + another);
    }

    static String java(String jar, String arguments) {
        return String.join(" ", Launch.JAVA, String.join(" ", Launch.LIGHT), "-jar", jar, arguments);
    }

    String name() {
        return name;
    }

    String unit() {
        return name + ".service";
    }

    String socket() {
        return name + ".socket";
    }

    /// Below `RuntimeDirectory=`.
    String control() {
        return "/run/" + name + "/ecdysis.sock";
    }

    String pidFile() {
        return "/run/" + name + "/app.pid";
    }

    int port() {
        return port;
    }

    /// A file that is there outside as well.
    Path shared(String suffix) {
        return machine.folder().resolve(name + "." + suffix);
    }

    /// The example that serves HTTP, with the options that all of them have.
    String command(String options) {
        return command(System.getProperty("ecdysis.examples.jar"), options);
    }

    String command(String jar, String options) {
        return java(jar,
                "http --listen tcp:127.0.0.1:" + port() + " --drain 10s --control " + control() + " --pid-file "
                        + pidFile() + " " + options);
    }

    String ecdysis(String arguments) {
        return java(System.getProperty("ecdysis.demo.jar"), arguments + " --control " + control());
    }

    void install(String... lines) throws Exception {
        machine.install(unit(), "[Service]\nRuntimeDirectory=" + name + "\nPIDFile=" + pidFile() + "\n"
                + String.join("\n", lines) + "\n");
    }

    /// A unit by which systemd is told.
    void start(String type, String options, String... lines) throws Exception {
        install("Type=" + type, "ExecStart=" + command(options), String.join("\n", lines));
        machine.systemctl("start", unit());
        assertServes(0);
    }

    void reload() throws Exception {
        machine.systemctl("reload", unit());
    }

    String show(String property) throws Exception {
        return machine.show(unit(), property);
    }

    String journal() throws Exception {
        return machine.journal(unit());
    }

    long mainPid() throws Exception {
        return Long.parseLong(show("MainPID"));
    }

    /// Who serves, or is about to, as it says itself.
    long pidInFile() throws Exception {
        return Long.parseLong(machine.run("cat", pidFile()).orFail());
    }

    String get() throws Exception {
        return machine.run("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port() + " && printf"
                + " 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' >&3 && timeout 60 cat <&3")
                .orFail();
    }

    void awaitServing(int generation) throws Exception {
        machine.await("generation " + generation + " serves",
                () -> journal().contains("serving generation=" + generation + " "));
    }

    /// Some of its properties at once: each look starts processes.
    Map<String, String> properties(String... names) throws Exception {
        List<String> words = new ArrayList<>(List.of("show", unit()));
        for (String one : names) {
            words.addAll(List.of("-p", one));
        }
        Map<String, String> properties = new HashMap<>();
        for (String line : machine.systemctl(words.toArray(String[]::new)).lines().toList()) {
            properties.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        }
        return properties;
    }

    /// A unit of the documents, but for the user and what is started.
    ///
    /// @param command what that is
    String documented(String text, String command) {
        return text.replace("/usr/bin/java -jar /srv/app/current/app.jar", command)
                .replace("/usr/local/bin/ecdysis", java(System.getProperty("ecdysis.demo.jar"), "").strip())
                .replace("/run/app/", "/run/" + name + "/").replace("RuntimeDirectory=app\n",
                        "RuntimeDirectory=" + name + "\n")
                .replace("ListenStream=8080\n", "ListenStream=" + port() + "\n").replace("User=app\n", "User=nobody\n")
                .replace("WorkingDirectory=/srv/app/current\n", "");
    }

    /// What the guide shows under this word.
    String ofTheGuide(String marker, String command) throws IOException {
        Matcher block = Pattern.compile("^```\\n(# " + Pattern.quote(marker) + "\\n.*?)^```$",
                Pattern.MULTILINE | Pattern.DOTALL).matcher(Files.readString(GUIDE));
        assertThat(block.find()).as("the guide shows " + marker).isTrue();
        return documented(block.group(1), command);
    }

    /// An upgrade that is not decided.
    void beginUpgrade() throws Exception {
        machine.systemctl("reload", "--no-block", unit());
        awaitServing(1);
    }

    /// Upgrades by the command line, and waits until the old process has gone.
    void upgradeTo(int generation) throws Exception {
        machine.sh(ecdysis("upgrade --wait-drain")).orFail();
        awaitServing(generation);
    }

    /// Without waiting: systemd and whoever looks at the PID file know it by now.
    void assertServes(int generation) throws Exception {
        Map<String, String> properties = properties("ActiveState", "SubState", "StatusText", "MainPID", "Result",
                "NRestarts");
        assertThat(properties).containsEntry("ActiveState", "active").containsEntry("SubState", "running")
                .containsEntry("Result", "success").containsEntry("NRestarts", "0");
        assertThat(properties.get("StatusText")).contains("serving, generation " + generation);
        assertThat(pidInFile()).hasToString(properties.get("MainPID"));
        assertThat(get()).contains("200 OK", "X-Generation: " + generation, "X-Pid: " + properties.get("MainPID"));
    }

    /// Each of them is an upgrade, and none of the requests meanwhile fails.
    void assertReloadsLoseNothing(int reloads) throws Exception {
        Load load = load();
        for (int generation = 1; generation <= reloads; generation++) {
            long old = mainPid();
            reload();
            assertThat(mainPid()).isNotEqualTo(old);
            assertServes(generation);
        }
        load.assertNoneFailed();
        load.end();
    }

    void assertStops() throws Exception {
        machine.systemctl("stop", unit());
        assertStopped();
    }

    void assertStopped() throws Exception {
        assertThat(properties("ActiveState", "Result", "NRestarts")).containsEntry("ActiveState", "inactive")
                .containsEntry("Result", "success").containsEntry("NRestarts", "0");
        assertThat(journal()).contains("reason=stopped cut-off=0").doesNotContain("SIGKILL");
        assertThat(machine.run("pgrep", "-f", pidFile()).out()).as("processes that are left").isEmpty();
        assertThat(machine.sh("test -e " + pidFile()).status()).isNotZero();
    }

    /// Whoever is killed without a word does not answer the request that is in flight.
    void assertStopsAfterTheLastRequest() throws Exception {
        String half = "exec 3<>/dev/tcp/127.0.0.1/" + port()
                + "; printf 'GET /stream?ms=1000 HTTP/1.1\\r\\nHost: a\\r\\n"
                + "Connection: close\\r\\n\\r\\n' >&3; read -r -t 60 line <&3; systemctl stop --no-block " + unit()
                + "; echo \"$line\"; timeout 60 cat <&3";
        assertThat(machine.run("bash", "-c", half).orFail()).startsWith("HTTP/1.1 200 OK").endsWith("\n0");
        machine.await("it has stopped", () -> show("ActiveState").equals("inactive"));
        assertStopped();
    }

    /// Requests one after the other, until it is closed.
    Load load() throws Exception {
        Path folder = Files.createDirectory(shared("load"));
        Files.writeString(folder.resolve("client"), CLIENT.replace("PORT", Integer.toString(port())));
        machine.begin(name + "-load", "--working-directory=" + folder, "bash", "client");
        Await.until("requests are answered", () -> Files.exists(folder.resolve("begun")));
        return new Load(folder);
    }

    record Load(Path folder) {
        /// So far.
        void assertNoneFailed() {
            assertThat(folder.resolve("failed")).doesNotExist();
        }

        void end() throws Exception {
            Files.createFile(folder.resolve("stop"));
            Await.until("the client has ended", () -> Files.exists(folder.resolve("count")));
        }
    }
}
