package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.cli.Shell.Ended;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Command lines that make no sense.
class BadInputTest {
    private final Shell shell = new Shell();

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", quoteCharacter = '"', value = {
        "''                                  | Unmatched argument at index 0: ''''",
        "upgarde                             | Unmatched argument at index 0: 'upgarde'",
        "--nonsense                          | Unknown option: '--nonsense'",
        "upgrade                             | give --control PATH, or set the environment variable ECDYSIS_CONTROL",
        "status                              | give --control PATH, or set the environment variable ECDYSIS_CONTROL",
        "stop                                | give --control PATH, or set the environment variable ECDYSIS_CONTROL",
        "upgrade --control                   | Missing required parameter for option '--control' (PATH)",
        "upgrade --control=                  | --control is empty: give a PATH",
        "doctor --control=                   | --control is empty: give a PATH",
        "status --control=/s extra           | Unmatched argument at index 2: 'extra'",
        "status --control=/s --wait-drain    | Unknown option: '--wait-drain'",
        "status --control=/a --control=/b    | option '--control' (PATH) should be specified only once",
        "status --control=/s --timeout       | Missing required parameter for option '--timeout' (DURATION)",
        "status --control=/s --timeout=5     | '5' is not a duration such as 500ms, 5s, 2m or 1h",
        "status --control=/s --timeout=-5s   | '-5s' is not a duration such as 500ms, 5s, 2m or 1h",
        "status --control=/s --timeout=0s    | '0s' is not between 1ms and 24h",
        "status --control=/s --timeout=25h   | '25h' is not between 1ms and 24h",
        "status --control=/s --allow-uid     | Missing required parameter for option '--allow-uid' (UID)",
        "status --control=/s --allow-uid=app | 'app' is not a numeric user id such as 1000",
        "status --control=/s --allow-uid=-1  | '-1' is not a numeric user id such as 1000",
        "stop --control=/s --allow-uid=4294967295 | '4294967295' is not a numeric user id such as 1000",
        "upgrade --control=/s --json=maybe   | Invalid value for option '--json': 'maybe' is not a boolean",
        "upgrade --control=/s --wait         | Unknown option: '--wait'",
        "status @/etc/hostname               | Unmatched argument at index 1: '@/etc/hostname'",
        "upgrade @/etc/hostname              | unexpected '@/etc/hostname': a program to start comes after --",
        "upgrade --control=/s run            | unexpected 'run': a program to start comes after --",
        "upgrade --control=/s run -- java    | unexpected 'run': a program to start comes after --",
        "upgrade --control=/s --             | no program after --: name what is to be started, or leave -- out",
        "status --control=/s -- java         | Unmatched argument at index 3: 'java'",
    })
    void isAUsageErrorWithAHint(String line, String message) {
        String[] arguments = line.split(" +");

        Ended ended = shell.run(arguments);

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains(message).containsPattern("Try 'ecdysis[a-z ]* --help'\\.");
        assertThat(ended.err()).doesNotContain("\tat ", "Exception");
        assertThat(shell.server.asked).isEmpty();

        Ended json = shell.run(withJson(arguments));

        assertThat(json.status()).isEqualTo(2);
        assertThat(json.json().get("outcome").stringValue()).isEqualTo("usage");
        assertThat(json.json().get("error").stringValue()).isNotEmpty();
        assertThat(json.err()).startsWith("ecdysis: ");
    }

    private static String[] withJson(String[] arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.add(Math.min(1, all.size()), "--json");
        return all.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({"--json=true, true", "--json=TRUE, true", "--json=false, false", "--control=--json, false"})
    void jsonIsWantedHoweverThatIsSaid(String option, boolean wanted) {
        Ended ended = shell.run("status", option, "--nonsense");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.out().startsWith("{\"outcome\":\"usage\"")).isEqualTo(wanted);
    }

    @Test
    void noSubcommandIsAUsageError() {
        Ended ended = shell.run();

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("Missing required subcommand", "Try 'ecdysis --help'.");
    }

    @Test
    void aPathThatCannotBeOneIsAUsageError() {
        shell.environment.put("ECDYSIS_CONTROL", "/run/\0");

        Ended ended = shell.run("status");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("not a path");
    }

    @Test
    void anEmptyVariableIsNone() {
        shell.environment.put("ECDYSIS_CONTROL", "");

        assertThat(shell.run("status").status()).isEqualTo(2);
        assertThat(shell.run("doctor").status()).isZero();
        assertThat(shell.server.asked).isEmpty();
    }

    @Test
    void argumentsAreEchoedWithoutTheirControlCharacters() {
        Ended ended = shell.run("up\u001b[2Jgrade");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).doesNotMatch(Shell.CONTROL_CHARACTERS).contains("up\\x1b[2Jgrade");
    }

    @Test
    void theVariableNamesTheSocketAndTheOptionGoesFirst() {
        shell.environment.put("ECDYSIS_CONTROL", "/run/variable.sock");

        shell.run("status");
        shell.run("status", "--control", "/run/option.sock", "--timeout", "1.5s");

        assertThat(shell.server.asked).containsExactly("connect /run/variable.sock within PT5S", "status",
                "close",
                "connect /run/option.sock within PT1.5S", "status", "close");
    }

    @Test
    void moreThanOneUserMayBeAllowed() {
        shell.run("status", "--control", "/s", "--allow-uid", "1000", "--allow-uid=4294967294");

        assertThat(shell.server.asked).containsExactly("connect /s within PT5S allowing [-2, 1000]", "status", "close");
    }
}
