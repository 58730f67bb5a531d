package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The container script of the operating guide, word for word, below PID 1 of a pid namespace or as that, with the
/// signals that `docker kill` and `docker stop` send to it.
@Tag("slow")
class ContainerScriptTest {
    private static final Pattern SCRIPT = Pattern.compile("```\\n(#!/bin/sh\\n[^`]*app\\.pid[^`]*)```");
    private static final List<String> APART = List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");

    @RegisterExtension
    final Servers servers = new Servers();

    /// @param init what runs the script; with `-g` it signals the process group, so that the server hears each signal
    ///        twice
    @ParameterizedTest
    @ValueSource(strings = {"", "tini --", "tini -g --"})
    void passesOnWhatTheContainerIsTold(String init) throws Exception {
        Chain chain = startContainer(init);
        long one = Processes.childrenOf(chain.first().pid()).getFirst();

        for (int generation = 1; generation <= 2; generation++) {
            Processes.signal(one, Processes.HUP);
            chain.output().await(0, "^serving generation=" + generation + " ");
            int ended = generation;
            Await.until("the old process is gone", () -> chain.output().lines().stream()
                    .filter(line -> line.startsWith("exiting reason=upgraded")).count() == ended);
            Await.until("it is known to be gone", () -> chain.status().draining().isEmpty());
        }
        assertThat(chain.status().notes()).allMatch(note -> note.contains("is relative (app.pid)"));
        assertThat(chain.errors().find(0, "nohup|SIGINT|ignored")).isEmpty();

        try (Client slow = Client.connect(chain.address())) {
            slow.ask("/slow?ms=2500", "Connection: close\r\n");
            Await.until("the request is being answered", () -> chain.status().connections() == 1);
            Processes.stopAsDockerDoes(one, () -> assertThat(slow.readToEnd()).startsWith("HTTP/1.1 200 "));
        }
        assertThat(chain.first().waitFor()).isZero();
        assertThat(chain.output().find(0, "^exiting reason=stopped cut-off=0$")).isPresent();
        chain.assertNothingLeft();
    }

    /// The PID file may name nobody who lives when the script looks, at a rollback say, or be unreadable.
    @Test
    void isNotEndedByOneLookThatSeesNobody() throws Exception {
        Chain chain = startContainer("");
        Path home = chain.folder().resolve("home");
        long one = Processes.childrenOf(chain.first().pid()).getFirst();
        Await.until("the script looks", () -> looks(home) > 0);
        Files.copy(home.resolve("app.pid"), home.resolve("first.pid"));
        Files.createFile(home.resolve("blind"));

        Processes.signal(one, Processes.HUP);
        chain.output().await(0, "^serving generation=1 ");
        Await.until("it has seen nobody once", () -> !Files.exists(home.resolve("blind")));
        long before = looks(home);
        Await.until("it goes on looking", () -> looks(home) > before + 2);
        assertThat(chain.status().generation()).isEqualTo(1);

        Processes.stopAsDockerDoes(one, () -> chain.output().await(0, "^exiting reason=stopped "));
        assertThat(chain.first().waitFor()).isZero();
        chain.assertNothingLeft();
    }

    private static long looks(Path home) throws Exception {
        Path looks = home.resolve("looks");
        return Files.exists(looks) ? Files.readAllLines(looks).size() : 0;
    }

    private Chain startContainer(String init) throws Exception {
        assumeTrue(Processes.succeeds(APART, "true"), "SKIPPED: unshare(1) cannot make a pid namespace here");
        assumeTrue(init.isEmpty() || Processes.succeeds(List.of("tini", "--version")), "SKIPPED: install tini");
        Chain chain = servers.create();
        Path home = Files.createDirectories(chain.folder().resolve("home"));
        Path script = executable(home.resolve("run.sh"), script());
        List<String> example = Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--pid-file", "app.pid",
                "--probation", "300ms").command();
        int jar = example.indexOf("-jar");
        Files.createSymbolicLink(home.resolve("app.jar"), Path.of(example.get(jar + 1)));
        // Counts the looks, and while there is a file called blind shows none of them the PID file, up to the first after the
        // end of the process in first.pid.
        executable(Files.createDirectory(home.resolve("bin")).resolve("cat"), """
                #!/bin/sh
                if [ "$1" = app.pid ]; then
                    echo look >>looks
                    if [ -e blind ]; then
                        kill -0 "$(/bin/cat first.pid)" 2>/dev/null || rm blind
                        exit 0
                    fi
                fi
                exec /bin/cat "$@"
                """);
        executable(home.resolve("bin").resolve("java"), "#!/bin/sh\nexec "
                + String.join(" ", example.subList(0, jar)) + " \"$@\" " + String.join(" ", arguments(example, jar)
                        .stream().map(word -> word.replace("@", chain.run().toString())).toList())
                + "\n");
        List<String> words = new ArrayList<>(APART);
        if (!init.isEmpty()) {
            words.addAll(List.of(init.split(" ", -1)));
        }
        words.addAll(List.of("sh", script.toString()));
        chain.start(new Launch(words, Map.of("PATH", home.resolve("bin") + ":" + System.getenv("PATH"))), home);
        return chain;
    }

    /// What follows the jar, but for the PID file that is every example's.
    private static List<String> arguments(List<String> example, int jar) {
        List<String> rest = new ArrayList<>(example.subList(jar + 2, example.size()));
        int last = rest.lastIndexOf("--pid-file");
        rest.subList(last, last + 2).clear();
        return rest;
    }

    private static String script() throws Exception {
        Matcher script = SCRIPT
                .matcher(Files.readString(Path.of(System.getProperty("ecdysis.home", ".."), "docs", "operating.md")));
        assertThat(script.find()).as("the guide has a script that follows app.pid").isTrue();
        return script.group(1);
    }

    private static Path executable(Path file, String text) throws Exception {
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
