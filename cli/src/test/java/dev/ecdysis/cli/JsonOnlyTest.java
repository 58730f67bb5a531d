package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.cli.Shell.Ended;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.client.ControlException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// With `--json`, standard output is one object, whatever goes wrong and wherever; and the exit code is the
/// same as without.
class JsonOnlyTest {
    private static final Map<String, String> REQUEST = Map.of("upgrade", "upgrade", "status", "status",
            "stop", "stop", "doctor", "doctor");

    static Stream<Arguments> everyFailureOfEveryCommand() {
        List<Throwable> failures = List.of(new ControlException(Reason.UNREACHABLE, "nobody\u001b[2J there"),
                new ControlException(Reason.REFUSED, "another user"),
                new ControlException(Reason.PROTOCOL, "torn frame"),
                new IllegalStateException("a defect\u0007"),
                new UnsupportedOperationException(), new NoClassDefFoundError("dev/ecdysis/Gone"),
                new ExceptionInInitializerError("native access"));
        List<Arguments> cases = new ArrayList<>();
        REQUEST.forEach((command, request) -> failures.forEach(failure -> {
            cases.add(Arguments.of(command, "connect", failure));
            cases.add(Arguments.of(command, request, failure));
        }));
        failures.forEach(failure -> cases.add(Arguments.of("upgrade", "awaitDrained", failure)));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("everyFailureOfEveryCommand")
    void oneObject(String command, String request, Throwable failure) {
        Shell shell = new Shell();
        shell.server.failing(request, failure);
        shell.server.steps.add(Samples.step(Phase.SPAWNING, 10));
        List<String> arguments = new ArrayList<>(List.of(command, "--control", "/no/such/socket"));
        if (request.equals("awaitDrained")) {
            arguments.add("--wait-drain");
        }

        Ended words = shell.run(arguments.toArray(String[]::new));
        arguments.add("--json");
        Ended json = shell.run(arguments.toArray(String[]::new));

        assertThat(json.status()).isEqualTo(words.status()).isNotZero();
        assertThat(json.json().has("outcome") || json.json().has("checks")).isTrue();
        if (!command.equals("doctor")) {
            assertThat(json.json().get("error").stringValue()).isNotEmpty();
            assertThat(json.err().lines().filter(line -> line.startsWith("ecdysis: "))).hasSize(1);
        }
        for (Ended ended : List.of(words, json)) {
            assertThat(ended.out() + ended.err()).doesNotMatch(Shell.CONTROL_CHARACTERS)
                    .doesNotContain("\tat ");
        }
    }

    static Stream<Arguments> reasons() {
        return Stream.of(Arguments.of(Reason.UNREACHABLE, 5, "unreachable"),
                Arguments.of(Reason.REFUSED, 3, "refused"),
                Arguments.of(Reason.UNTRUSTED, 3, "untrusted"),
                Arguments.of(Reason.PROTOCOL, 1, "failed"));
    }

    @ParameterizedTest
    @MethodSource("reasons")
    void aConnectionThatWasNotHadHasItsExitCode(Reason reason, int status, String outcome) {
        for (String command : List.of("upgrade", "status", "stop")) {
            Shell shell = new Shell();
            shell.server.failing("connect", new ControlException(reason, "why"));

            Ended ended = shell.run(command, "--control", "/no/such/socket", "--json");

            assertThat(ended.status()).isEqualTo(status);
            assertThat(ended.json().get("outcome").stringValue()).isEqualTo(outcome);
        }
    }
}
