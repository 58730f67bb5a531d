package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `ecdysis run` with programs that are not servers of this library: signals, environments, orphans, exit statuses.
@Tag("slow")
class RunCommandTest {
    private Workplace workplace;

    @BeforeEach
    void create() throws IOException {
        workplace = Workplace.create();
    }

    @AfterEach
    void end() throws IOException {
        workplace.close();
    }

    private Command start(Map<String, String> environment, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP,INT,QUIT"));
        command.addAll(Supervised.run());
        command.addAll(List.of(words));
        Path out = workplace.folder().resolve("out");
        Path err = workplace.folder().resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile()).directory(workplace.folder().toFile());
        builder.environment().putAll(environment);
        workplace.mark(builder.environment());
        return new Command(builder.start(), out, err);
    }

    @ParameterizedTest
    @CsvSource({"exit 7, 7", "exit 0, 0", "kill -9 $$, 137", "kill -15 $$, 143"})
    void theStatusIsTheProgramsOwn(String script, int status) throws Exception {
        start(Map.of(), "sh", "-c", script).end(status);
    }

    @ParameterizedTest
    @CsvSource({"/nonexistent, 127, there is no /nonexistent", "no-such-program, 127, on the PATH",
        "./text, 126, it is not an executable file", "., 126, cannot start ."})
    void whatCannotBeStartedHasTheShellsStatus(String program, int status, String why) throws Exception {
        Files.writeString(workplace.folder().resolve("text"), "text\n");
        assertThat(start(Map.of(), program).end(status).err()).contains("ecdysis run: ").contains(why);
    }

    @Test
    void signalsArePassedOn() throws Exception {
        List<String> names = List.of("HUP", "INT", "QUIT", "USR1", "USR2", "WINCH", "RTMIN+3");
        StringBuilder script = new StringBuilder();
        names.forEach(name -> script.append("trap 'echo got ").append(name).append("' ").append(name).append("; "));
        script.append("trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done");
        Command run = start(Map.of(), "bash", "-c", script.toString());
        run.out().await(0, "^up$");
        for (String name : names) {
            assertThat(new ProcessBuilder("kill", "-s", name, Long.toString(run.process().pid())).start().waitFor())
                    .isZero();
            run.out().await(0, "^got " + name.replace("+", "\\+") + "$");
        }
        Processes.signal(run.process().pid(), Processes.TERM);
        run.end(3);
    }

    @Test
    void optionsForJvmsReachTheServerOnly() throws Exception {
        Command run = start(Map.of("JAVA_TOOL_OPTIONS", "-Xmx333m", "_JAVA_SR_SIGNUM", "40", "NOTIFY_SOCKET",
                "/run/not/there"), "sh", "-c", "env; tr '\\0' ' ' </proc/$PPID/environ; echo");
        String[] environments = run.end(0).out().split("ECDYSIS_RUN_KEPT", 2);
        assertThat(environments[0]).contains("JAVA_TOOL_OPTIONS=-Xmx333m", "_JAVA_SR_SIGNUM=40",
                "NOTIFY_SOCKET=@ecdysis-run/", "ECDYSIS_SUPERVISOR=v1:" + run.process().pid() + ":")
                .doesNotContain("/run/not/there");
        assertThat(environments[1]).contains("_JAVA_SR_SIGNUM=64");
    }

    @Test
    void orphansAreAdoptedAndReaped() throws Exception {
        // The inner shells end at once; what they started has no parent left but ours.
        Command run = start(Map.of(), "bash", "-c", "for i in 1 2 3; do (sh -c 'exec sleep 0.2' &) ; done;"
                + " trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done");
        run.out().await(0, "^up$");
        long supervisor = run.process().pid();
        Await.until("the orphans are gone", () -> Processes.childrenOf(supervisor).size() == 1);
        assertThat(Processes.zombiesOf(supervisor)).isEmpty();
        Processes.signal(supervisor, Processes.TERM);
        run.end(0);
    }

    /// Nobody reads what it says; signals go on all the same.
    @Test
    void doesNotNeedItsStandardError() throws Exception {
        List<String> command = new ArrayList<>(Supervised.run());
        command.addAll(List.of("sh", "-c", "trap 'exit 4' TERM; echo up >&1; while :; do sleep 0.05; done"));
        Path out = workplace.folder().resolve("out");
        command.addAll(0, List.of("sh", "-c", "exec \"$@\" 2>&-", "sh"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(out.toFile()).redirectInput(Path.of("/dev/null").toFile());
        workplace.mark(builder.environment());
        Process run = builder.start();
        new Output(out).await(0, "^up$");
        Processes.signal(run.pid(), Processes.TERM);
        Processes.awaitExit(run.pid());
        assertThat(run.waitFor()).isEqualTo(4);
    }
}
