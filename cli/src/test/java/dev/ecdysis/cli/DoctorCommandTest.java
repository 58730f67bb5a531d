package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.cli.Shell.Ended;
import dev.ecdysis.client.Check;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.client.ControlException.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
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

    @Test
    void aServerThatCannotBeAskedIsAFindingBesideTheOthers() {
        shell.server.failing("connect", new ControlException(Reason.UNREACHABLE, "nobody"));

        Ended ended = shell.run("doctor", "--control", "/no/such.sock", "--json");

        JsonNode json = ended.json();
        assertThat(ended.status()).isEqualTo(1);
        assertThat(json.get("checks").size()).isEqualTo(2);
        assertThat(json.get("failed").intValue()).isEqualTo(1);
        assertThat(json.get("checks").get(1).get("found").stringValue())
                .startsWith("no such control socket: ");
    }
}
