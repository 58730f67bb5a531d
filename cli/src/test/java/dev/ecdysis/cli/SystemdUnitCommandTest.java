package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.cli.Shell.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemdUnitCommandTest {
    private static final Path DOCUMENTS = Path.of("..", "docs", "systemd");

    private final Shell shell = new Shell();

    @ParameterizedTest
    @EnumSource
    void isTheUnitOfTheDocuments(SystemdUnitCommand.Kind kind) throws Exception {
        List<String> words = new ArrayList<>(List.of("systemd-unit", "--kind", kind.toString(), "--directory",
                "/srv/app/current"));
        if (kind != SystemdUnitCommand.Kind.SOCKET) {
            words.addAll(List.of("--", "/usr/bin/java", "-jar", "/srv/app/current/app.jar"));
        }
        Ended ended = shell.run(words.toArray(String[]::new));
        assertThat(ended.status()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).isEqualTo(Files.readString(DOCUMENTS.resolve(kind.file)));
    }

    @Test
    void hasTheUsersNames() {
        Ended ended = shell.run("systemd-unit", "--name", "orders", "--user", "shop", "--", "/opt/jdk/bin/java", "-jar",
                "/srv/orders.jar", "--title=50 % \"off\"", "$HOME");
        assertThat(ended.status()).isZero();
        assertThat(ended.out()).contains("Description=orders\n", "User=shop\n", "RuntimeDirectory=orders\n",
                "PIDFile=/run/orders/app.pid\n", "`systemctl reload orders`",
                "ExecStart=/opt/jdk/bin/java -jar /srv/orders.jar \"--title=50 %% \\\"off\\\"\" \"$$HOME\"\n")
                .doesNotContain("WorkingDirectory", "/run/app/", "/srv/app");
    }

    @Test
    void aSocketAndItsServiceHaveOneName() {
        Ended socket = shell.run("systemd-unit", "--kind", "socket", "--name", "orders", "--listen", "[::1]:81");
        assertThat(socket.status()).isZero();
        assertThat(socket.out()).contains("# For orders.service", "Description=Port of orders\n",
                "ListenStream=[::1]:81\n", "FileDescriptorName=http\n").doesNotContain("app", "8080");
        Ended service = shell.run("systemd-unit", "--kind", "socket-activated", "--name", "orders", "--",
                "/srv/orders");
        assertThat(service.status()).isZero();
        assertThat(service.out()).contains("beside orders.socket", "ExecStart=/srv/orders\n")
                .doesNotContain("app.socket");
    }

    @Test
    void aCrashProofOneHasRoomInTheStore() {
        Ended ended = shell.run("systemd-unit", "--kind", "crash-proof", "--name", "orders", "--", "/srv/orders");
        assertThat(ended.status()).isZero();
        assertThat(ended.out()).contains("FileDescriptorStoreMax=64\n", "RuntimeDirectoryPreserve=restart\n",
                "PIDFile=/run/orders/app.pid\n").doesNotContain("/run/app/");
    }

    @Test
    void helpFitsATerminal() {
        Ended ended = shell.run("systemd-unit", "--help");
        assertThat(ended.status()).isZero();
        assertThat(ended.out()).contains("crash-proof", "-- PROGRAM [ARGUMENT...]");
        assertThat(ended.out().lines()).allMatch(text -> text.length() <= 80);
    }

    @ParameterizedTest
    @CsvSource({"/usr/bin/java,/usr/bin/java", "50%,\"50%%\"", "a b,\"a b\"", "a\\b,\"a\\\\b\"", "'',\"\""})
    void wordsAreQuotedForSystemd(String word, String expected) {
        assertThat(SystemdUnitCommand.quoted(word)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"systemd-unit", "systemd-unit --", "systemd-unit -- java -jar a.jar",
        "systemd-unit --name a/b -- /bin/java", "systemd-unit --user=-x -- /bin/java",
        "systemd-unit --directory x -- /bin/java", "systemd-unit --kind forking -- /bin/java",
        "systemd-unit -- /bin/java a\nb", "systemd-unit --kind socket -- /bin/java",
        "systemd-unit --listen 80 -- /bin/java", "systemd-unit --kind socket --listen "})
    void whatMakesNoSenseIsAUsageError(String line) {
        Ended ended = shell.run(line.split(" ", -1));
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).isNotEmpty();
    }
}
