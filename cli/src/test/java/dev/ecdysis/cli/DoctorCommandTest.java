package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.cli.Shell.Ended;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.client.ControlException.Reason;
import dev.ecdysis.status.Check;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What `doctor` says, and what it ends with.
class DoctorCommandTest {
    private final Shell shell = new Shell();

    @Test
    void allWell() {
        assertThat(shell.run("doctor")).isEqualTo(new Ended(0, """
                pass  machine  kernel: Linux 6.12
                1 check, 0 failed, 0 warned: upgrades work.
                """, ""));
        assertThat(shell.server.asked).isEmpty();
    }

    @Test
    void everyFailingCheckHasItsCure() {
        shell.machineChecks = () -> List.of(Check.fail("pid 1", "this is PID 1", "run it under tini"));
        shell.server.checks = List.of(Check.warn("memory", "512 MB free", "add memory"));

        Ended ended = shell.run("doctor", "--control", "/s");

        assertThat(ended).isEqualTo(new Ended(1, """
                FAIL  machine  pid 1: this is PID 1
                      cure: run it under tini
                warn  server  memory: 512 MB free
                      cure: add memory
                2 checks, 1 failed, 1 warned: upgrades will fail here.
                """, ""));
    }

    @Test
    void warningsAloneEndWellAndJsonHasThem() {
        shell.environment.put("ECDYSIS_CONTROL", "/s");
        shell.server.checks = List.of(Check.warn("memory", "512 MB free", "add memory"));

        Ended ended = shell.run("doctor", "--json");

        assertThat(ended.status()).isZero();
        assertThat(ended.json().toString()).isEqualTo(
                """
                        {"checks":[\
                        {"name":"kernel","verdict":"pass","found":"Linux 6.12","cure":"","where":"machine"},\
                        {"name":"memory","verdict":"warn","found":"512 MB free","cure":"add memory","where":"server"}],\
                        "failed":0,"warned":1}""");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"UNREACHABLE | 5 | no such control socket: ", "REFUSED | 3 | why not",
        "UNTRUSTED | 3 | why not",
        "PROTOCOL | 1 | why not"})
    void aServerThatCannotBeAskedIsAFindingBesideTheOthersAndHasItsExitCode(Reason reason, int status, String found) {
        shell.server.failing("connect", new ControlException(reason, "why not"));
        String[] doctor = {"doctor", "--control", "/no/such.sock"};

        Ended words = shell.run(doctor);
        Ended json = shell.run(doctor[0], doctor[1], doctor[2], "--json");

        assertThat(words.status()).isEqualTo(status);
        assertThat(words.out()).contains("pass  machine  kernel: Linux 6.12\n",
                "FAIL  server  control socket: " + found,
                "      cure: ", "2 checks, 1 failed, 0 warned");
        assertThat(json.status()).isEqualTo(status);
        JsonNode checks = json.json().get("checks");
        assertThat(checks.size()).isEqualTo(2);
        assertThat(json.json().get("failed").intValue()).isEqualTo(1);
        assertThat(checks.get(1).get("found").stringValue()).startsWith(found);
    }

    @Test
    void aServerThatIsLostBeforeItAnswersIsNotReached() {
        shell.server.failing("doctor", new ControlException(Reason.UNREACHABLE, "closed the connection"));

        Ended ended = shell.run("doctor", "--control", "/s");

        assertThat(ended.status()).isEqualTo(5);
        assertThat(ended.out()).contains("pass  machine", "FAIL  server  control socket: closed the connection");
    }
}
