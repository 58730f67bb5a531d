package dev.ecdysis.internal.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.OwnProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who is asked, and what is concluded from an answer and from none. The answers are those of a program that is found
/// before systemctl.
class UnitCheckTest {
    private static final String OURS = "0::/system.slice/app@1.service\n";
    private static final String SELF = Long.toString(OwnProcess.pid());
    /// No process has it: the kernel gives no higher number than 4,194,304.
    private static final String NOBODY = "4999999";

    @TempDir
    Path folder;

    private String parent = "2";

    private void systemctl(String script) throws IOException {
        Path program = folder.resolve("systemctl");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private UnitCheck check(String cgroup, boolean first, String... variables) throws IOException {
        Path proc = Files.createDirectories(folder.resolve("proc"));
        Files.createDirectories(proc.resolve("self"));
        Files.createDirectories(proc.resolve("1"));
        Files.createDirectories(proc.resolve(SELF));
        Files.writeString(proc.resolve("self/cgroup"), cgroup);
        Files.writeString(proc.resolve("1/cgroup"), "0::/init.scope\n");
        Files.writeString(proc.resolve("self/status"), "Name:\tjava\nPPid:\t" + parent + "\n");
        Files.writeString(proc.resolve("1/comm"), "systemd\n");
        Map<String, String> environment = new TreeMap<>(Map.of("PATH", folder + ":/usr/bin:/bin"));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return new UnitCheck(LinuxPosix.open(), name -> Optional.ofNullable(environment.get(name)), Optional.empty(),
                first, proc);
    }

    private static Optional<String> obstacle(UnitCheck check) {
        Optional<String> found = check.obstacle(List.of());
        assertThat(check.latest()).isEqualTo(found);
        return found;
    }

    @Test
    void theManagerIsAskedForTheUnit() throws Exception {
        systemctl("echo \"$@\" >" + folder.resolve("words") + "; echo Type=simple; echo MainPID=" + SELF);
        assertThat(obstacle(check(OURS, true, "SYSTEMD_EXEC_PID", SELF)))
                .hasValueSatisfying(why -> assertThat(why).contains("app@1.service (Type=simple)"));
        assertThat(folder.resolve("words")).hasContent("--no-pager show -p"
                + " Type,PIDFile,MainPID,ExitType,RemainAfterExit,NotifyAccess,PrivateTmp -- app@1.service");
        String user = "0::/user.slice/user-7.slice/user@7.service/app.slice/app.service\n";
        assertThat(obstacle(check(user, true, "SYSTEMD_EXEC_PID", SELF))).isPresent();
        assertThat(folder.resolve("words")).content().startsWith("--user ").endsWith("-- app.service\n");
    }

    @Test
    void laterGenerationsToo() throws Exception {
        systemctl("echo Type=simple; echo MainPID=" + SELF);
        assertThat(obstacle(check(OURS, false, "SYSTEMD_EXEC_PID", NOBODY))).isPresent();
        assertThat(obstacle(check(OURS, false, "INVOCATION_ID", "x"))).isPresent();
        systemctl("echo Type=simple; echo ExitType=cgroup; echo MainPID=" + SELF);
        assertThat(obstacle(check(OURS, false, "SYSTEMD_EXEC_PID", NOBODY))).isEmpty();
    }

    @Test
    void nobodyIsAskedWhereSystemdHasStartedNothing() throws Exception {
        systemctl("touch " + folder.resolve("asked"));
        assertThat(obstacle(check(OURS, true))).isEmpty();
        assertThat(obstacle(check("0::/user.slice/user-7.slice/session-3.scope\n", true, "INVOCATION_ID", "x")))
                .isEmpty();
        assertThat(obstacle(check(OURS, true, "SYSTEMD_EXEC_PID", SELF, "ECDYSIS_UNIT_FOLLOWS", "yes"))).isEmpty();
        assertThat(folder.resolve("asked")).doesNotExist();
    }

    @Test
    void withoutAnAnswerWhoMayBeTheMainProcessIsRefused() throws Exception {
        systemctl("echo Failed to connect to bus: No medium found >&2; exit 1");
        assertThat(obstacle(check(OURS, true, "SYSTEMD_EXEC_PID", SELF))).hasValueSatisfying(
                why -> assertThat(why).contains("app@1.service cannot be asked for",
                        "Failed to connect to bus: No medium found", "ECDYSIS_UNIT_FOLLOWS=yes"));
        assertThat(obstacle(check(OURS, false, "SYSTEMD_EXEC_PID", NOBODY))).as("generation 0 has gone").isPresent();
        assertThat(obstacle(check("0::/\n", true, "SYSTEMD_EXEC_PID", SELF)))
                .hasValueSatisfying(why -> assertThat(why).contains("its unit cannot be seen"));
        assertThat(obstacle(check(OURS, false, "INVOCATION_ID", "x"))).as("before systemd 248").isPresent();
    }

    @Test
    void whoIsSomebodyElsesIsNot() throws Exception {
        systemctl("exit 1");
        assertThat(obstacle(check(OURS, true, "SYSTEMD_EXEC_PID", NOBODY))).isEmpty();
        assertThat(obstacle(check(OURS, false, "SYSTEMD_EXEC_PID", "1"))).as("a build agent").isEmpty();
        assertThat(obstacle(check("0::/\n", true, "SYSTEMD_EXEC_PID", NOBODY))).isEmpty();
        assertThat(obstacle(check(OURS, true, "INVOCATION_ID", "x"))).as("our parent is no manager").isEmpty();
        parent = "1";
        assertThat(obstacle(check(OURS, true, "INVOCATION_ID", "x"))).as("it is").isPresent();
    }

    @Test
    void whatHangsIsKilled() throws Exception {
        systemctl("echo $$ >" + folder.resolve("pid") + "; exec sleep 1000");
        assertThat(obstacle(check(OURS, true, "SYSTEMD_EXEC_PID", SELF)))
                .hasValueSatisfying(why -> assertThat(why).contains("did not answer within 2 s"));
        assertThat(ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("pid")).strip()))).isEmpty();
    }

    /// Who has said all, or too much, and does not end, is not waited for.
    @Test
    void whatIsSaidWithoutAnEndIsBounded() throws Exception {
        systemctl("echo $$ >" + folder.resolve("pid") + "; exec yes Type=simple");
        assertThat(obstacle(check(OURS, true, "SYSTEMD_EXEC_PID", SELF))).isPresent();
        assertThat(ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("pid")).strip()))).isEmpty();
    }

    @Test
    void whatIsNoAnswerIsTold() throws Exception {
        for (String script : List.of("", "echo nonsense", "kill -9 $$", "printf 'Type=simple\\nMainPID=x\\n'")) {
            systemctl(script);
            assertThat(obstacle(check(OURS, true, "SYSTEMD_EXEC_PID", SELF))).as(script).isPresent();
        }
    }

    /// Behind a firm sandbox systemctl does not answer; but systemd has said already that it listens.
    @Test
    void withASocketOfSystemdsNoAnswerIsNeeded() throws Exception {
        systemctl("exit 1");
        assertThat(obstacle(check(OURS, true, "SYSTEMD_EXEC_PID", SELF))).isPresent();
        assertThat(obstacle(check(OURS, true, "SYSTEMD_EXEC_PID", SELF, "NOTIFY_SOCKET", "/run/systemd/notify")))
                .isEmpty();
    }
}
