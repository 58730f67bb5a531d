package dev.ecdysis.bench;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A server that serves. It ends with its [Workplace].
///
/// @param pid of the generation that serves
/// @param control where its control socket is, if it has one
record ServerProcess(long pid, InetSocketAddress address, Path control) {
    /// The control server's class: in this jar, but in the example's package.
    private static final String PLAIN = "dev.ecdysis.examples.PlainHttp";
    private static final Pattern SERVING = Pattern.compile("^serving .*addresses=tcp:127\\.0\\.0\\.1:(\\d+)$",
            Pattern.MULTILINE);
    private static final Duration START_AT_MOST = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final int LAST_WORDS = 10;
    /// Options that a JVM takes from its environment, unseen.
    private static final List<String> HIDDEN_OPTIONS = List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS",
            "_JAVA_OPTIONS");
    private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(60);

    /// The http example, as a user starts it: with what an upgrade needs, and a JVM of default settings.
    static ServerProcess example(Workplace workplace, String name, Path examplesJar, String... options)
            throws IOException, BenchException, InterruptedException {
        Path folder = Files.createDirectory(workplace.folder().resolve(name));
        List<String> command = new ArrayList<>(List.of(java(), "-jar", examplesJar.toString(), "http", "--listen",
                "tcp:127.0.0.1:0", "--control", folder.resolve("control.sock").toString(), "--pid-file",
                folder.resolve("server.pid").toString()));
        command.addAll(List.of(options));
        return start(folder, command);
    }

    /// The same HTTP code from the same jar behind a plain `ServerSocketChannel`.
    static ServerProcess plain(Workplace workplace, String name, Path examplesJar)
            throws IOException, BenchException, InterruptedException {
        Path folder = Files.createDirectory(workplace.folder().resolve(name));
        return start(folder, List.of(java(), "-cp", examplesJar + ":" + CommonOptions.ownJar(), PLAIN,
                folder.toString()));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static ServerProcess start(Path folder, List<String> command)
            throws IOException, BenchException, InterruptedException {
        // Files, not pipes: successors inherit them and outlive generation 0.
        Path out = folder.resolve("out");
        Path errors = folder.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(HIDDEN_OPTIONS);
        Process process = builder
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
        long deadline = System.nanoTime() + START_AT_MOST.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            Matcher matcher = SERVING.matcher(Files.readString(out));
            if (matcher.find()) {
                return new ServerProcess(process.pid(), new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"),
                        Integer.parseInt(matcher.group(1))), folder.resolve("control.sock"));
            }
            Thread.sleep(POLL);
        }
        throw new BenchException((process.isAlive()
                ? "a server did not serve within " + START_AT_MOST.toSeconds() + " s"
                : "a server ended as it started, exit status " + process.exitValue()) + "; its last words:\n  "
                + String.join("\n  ", lastWords(folder)));
    }

    /// Replaces it, and returns its successor when that is alone.
    ServerProcess upgraded() throws IOException, BenchException, InterruptedException {
        try (ControlClient client = ControlClient.connect(control, ANSWER_AT_MOST)) {
            UpgradeResult result = client.upgrade(progress -> {
            });
            if (!(result instanceof UpgradeResult.Committed committed)) {
                throw new BenchException("the example could not be upgraded: " + result);
            }
            long deadline = System.nanoTime() + ANSWER_AT_MOST.toNanos();
            while (Files.exists(Path.of("/proc", Long.toString(pid)))) {
                if (System.nanoTime() > deadline) {
                    throw new BenchException("the example's first generation did not end after the upgrade");
                }
                Thread.sleep(POLL);
            }
            return new ServerProcess(committed.pid(), address, control);
        }
    }

    /// Which one serves, by its own word.
    int generation() throws IOException {
        try (ControlClient client = ControlClient.connect(control, ANSWER_AT_MOST)) {
            return client.status().generation();
        }
    }

    /// The last lines that this server or one of its successors wrote to standard error.
    List<String> lastWords() throws IOException {
        return lastWords(control.resolveSibling("."));
    }

    private static List<String> lastWords(Path folder) throws IOException {
        List<String> lines = Files.readString(folder.resolve("errors")).lines().toList();
        return lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size());
    }
}
