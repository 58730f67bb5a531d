package dev.ecdysis.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ecdysis systemd-unit`
@Command(name = "systemd-unit", customSynopsis = "ecdysis systemd-unit [OPTIONS] -- PROGRAM [ARGUMENT...]",
        description = {
            "Prints a unit file for a server, by which systemd follows it from one version to the next.%n",
            "The server needs the control socket /run/NAME/ecdysis.sock and the PID file /run/NAME/app.pid. Write "
                    + "the output to /etc/systemd/system/NAME.service, or NAME.socket, then systemctl daemon-reload.%n"},
        exitCodeListHeading = ExitCode.HEADING)
final class SystemdUnitCommand extends BaseCommand {
    /// Of those in docs/systemd, which are in this jar as they are there.
    private static final String EXAMPLE = "/usr/bin/java -jar /srv/app/current/app.jar";

    private static final String PORT = "8080";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@+=:,./-]+");

    /// What there is.
    enum Kind {
        /// A reload is an upgrade; systemd 253 or newer.
        NOTIFY_RELOAD("notify-reload.service"),
        /// A reload that fails when the upgrade does; any systemd.
        NOTIFY("notify.service"),
        /// As NOTIFY_RELOAD, with as few rights as a server needs.
        HARDENED("hardened.service"),
        /// As NOTIFY_RELOAD, with sockets that survive a crash.
        CRASH_PROOF("crash-proof.service"),
        /// As NOTIFY_RELOAD, with sockets that systemd opens.
        SOCKET_ACTIVATED("socket-activated.service"),
        /// The unit that opens them.
        SOCKET("socket-activated.socket");

        final String file;

        Kind(String file) {
            this.file = file;
        }

        @Override
        public String toString() {
            return this == SOCKET ? "socket" : file.substring(0, file.indexOf('.'));
        }
    }

    @Option(names = "--kind", paramLabel = "KIND", defaultValue = "notify-reload",
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}. notify is for systemd older than "
                    + "253, or where systemctl reload is to fail when the upgrade does. crash-proof is for a server "
                    + "that stores its listeners. socket-activated and socket are two files for one server: NAME.service "
                    + "and NAME.socket.")
    private Kind kind = Kind.NOTIFY_RELOAD;

    @Option(names = "--name", paramLabel = "NAME", defaultValue = "app",
            description = "Of the unit, and of its folder below /run. Default: ${DEFAULT-VALUE}.")
    private String name = "app";

    @Option(names = "--user", paramLabel = "USER", description = "Whom the server runs as. Default: the name.")
    private @Nullable String user;

    @Option(names = "--listen", paramLabel = "ADDRESS", description = "What a socket opens, as ListenStream= has it: a "
            + "port, ADDRESS:PORT or a path. Default: " + PORT + ".")
    private @Nullable String listen;

    @Option(names = "--directory", paramLabel = "PATH",
            description = "The server's working directory. Default: systemd's, which is /.")
    private @Nullable String directory;

    // Not final: picocli puts in another list.
    @Parameters(paramLabel = "PROGRAM [ARGUMENT...]", arity = "0..*",
            description = "After --: what starts the server, such as /usr/bin/java -jar /srv/orders/orders.jar.")
    private List<String> command = new ArrayList<>();

    SystemdUnitCommand(Surroundings surroundings) {
        super(surroundings);
    }

    static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("0", "it was printed");
        codes.put("2", "usage error");
        return codes;
    }

    @Override
    public Integer call() throws IOException {
        check();
        surroundings().out().writer().print(filledIn(example(kind)));
        surroundings().out().writer().flush();
        return ExitCode.DONE.status();
    }

    private void check() {
        if (kind == Kind.SOCKET) {
            if (!command.isEmpty()) {
                throw usage("a socket starts no program by itself; leave out what comes after --");
            }
        } else if (command.isEmpty() || !command.getFirst().startsWith("/")) {
            throw usage("the program to start comes after --, with its whole path: ecdysis systemd-unit --"
                    + " /usr/bin/java -jar /srv/app/app.jar");
        }
        if (listen != null && (kind != Kind.SOCKET || hasControlCharacter(listen) || listen.isBlank())) {
            throw usage("--listen takes an address, and is for --kind socket");
        }
        checked("--name", name);
        checked("--user", user == null ? name : user);
        if (directory != null && (!directory.startsWith("/") || hasControlCharacter(directory))) {
            throw usage("--directory takes a path from the root on");
        }
        if (command.stream().anyMatch(SystemdUnitCommand::hasControlCharacter)) {
            throw usage("a word of the command has a line end or another control character in it");
        }
    }

    private void checked(String option, String value) {
        if (!NAME.matcher(value).matches()) {
            throw usage(option + " takes letters, digits, and _ . - within");
        }
    }

    private static boolean hasControlCharacter(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    static String example(Kind kind) throws IOException {
        try (InputStream file = SystemdUnitCommand.class.getResourceAsStream("/dev/ecdysis/systemd/" + kind.file)) {
            if (file == null) {
                throw new IOException(kind.file + " is not in this jar");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String filledIn(String text) {
        List<String> words = command.stream().map(SystemdUnitCommand::quoted).toList();
        String place = directory == null ? "" : "WorkingDirectory=" + directory.replace("%", "%%") + "\n";
        return text.replace("WorkingDirectory=/srv/app/current\n", place)
                .replace("Description=app\n", "Description=" + name + "\n")
                .replace("Description=Port of app\n", "Description=Port of " + name + "\n")
                .replace("For app.service", "For " + name + ".service")
                .replace("beside app.socket", "beside " + name + ".socket")
                .replace("ListenStream=" + PORT + "\n",
                        "ListenStream=" + (listen == null ? PORT : listen.replace("%", "%%")) + "\n")
                .replace("User=app\n", "User=" + (user == null ? name : user) + "\n")
                .replace("/run/app/", "/run/" + name + "/")
                .replace("RuntimeDirectory=app\n", "RuntimeDirectory=" + name + "\n")
                .replace("`systemctl reload app`", "`systemctl reload " + name + "`")
                .replace("`systemctl status app`", "`systemctl status " + name + "`")
                .replace(EXAMPLE, String.join(" ", words));
    }

    /// As systemd.service(5) has it: `%` and `$` mean something, and so do quotes and backslashes.
    static String quoted(String word) {
        String plain = word.replace("%", "%%").replace("$", "$$");
        return PLAIN.matcher(word).matches() ? plain
                : '"' + plain.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
