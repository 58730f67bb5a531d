package dev.ecdysis.internal.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which units outlive their main process.
class JudgementTest {
    private static final ServiceUnit UNIT = new ServiceUnit("app.service", false);
    private static final Path PID_FILE = Path.of("/run/app/app.pid");
    private static final String PLAIN = "Type=simple\nPIDFile=\nMainPID=7\nExitType=main\nRemainAfterExit=no\n";

    @TempDir
    Path folder;

    private static Optional<String> judge(Optional<Path> pidFile, String... lines) {
        // What comes later counts.
        UnitProperties properties = UnitProperties.parse(PLAIN + String.join("\n", lines)).orElseThrow();
        return new Judgement(7, List.of(5L, 6L), pidFile, false).of(UNIT, properties);
    }

    @Test
    void theSimplestDoesNot() {
        assertThat(judge(Optional.of(PID_FILE))).hasValueSatisfying(why -> assertThat(why).contains("app.service",
                "Type=simple", "put PIDFile=/run/app/app.pid into the unit, then systemctl daemon-reload"));
        assertThat(judge(Optional.empty())).hasValueSatisfying(why -> assertThat(why).contains("ExitType=cgroup"));
        assertThat(judge(Optional.of(PID_FILE), "Type=notify", "NotifyAccess=main")).isPresent();
    }

    @Test
    void norWhenItHangsOnAnElderThatDrains() {
        assertThat(judge(Optional.of(PID_FILE), "MainPID=5")).isPresent();
    }

    @Test
    void thatOfSomebodyElseIsNotOurs() {
        assertThat(judge(Optional.of(PID_FILE), "MainPID=8")).isEmpty();
        assertThat(judge(Optional.of(PID_FILE), "MainPID=0")).isEmpty();
    }

    @Test
    void thoseThatFollowDo() {
        assertThat(judge(Optional.of(PID_FILE), "PIDFile=/run/app/app.pid")).isEmpty();
        assertThat(judge(Optional.of(PID_FILE), "PIDFile=/run/../run/app/app.pid", "Type=forking")).isEmpty();
        assertThat(judge(Optional.empty(), "ExitType=cgroup")).isEmpty();
        assertThat(judge(Optional.empty(), "RemainAfterExit=yes")).isEmpty();
    }

    @Test
    void whoeverMayNameItsSuccessorDoes() {
        for (String access : new String[] {"main", "exec", "all"}) {
            String lines = PLAIN + "Type=notify-reload\nNotifyAccess=" + access;
            UnitProperties properties = UnitProperties.parse(lines).orElseThrow();
            assertThat(new Judgement(7, List.of(), Optional.empty(), true).of(UNIT, properties)).isEmpty();
            assertThat(new Judgement(7, List.of(), Optional.of(PID_FILE), false).of(UNIT, properties))
                    .hasValueSatisfying(why -> assertThat(why).contains("NOTIFY_SOCKET", "put PIDFile="));
        }
        UnitProperties deaf = UnitProperties.parse(PLAIN + "NotifyAccess=none").orElseThrow();
        assertThat(new Judgement(7, List.of(), Optional.empty(), true).of(UNIT, deaf)).isPresent();
    }

    @Test
    void aPidFileIsTheSameByAnotherPath() throws Exception {
        Path real = Files.writeString(Files.createDirectory(folder.resolve("real")).resolve("app.pid"), "7\n");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
        assertThat(judge(Optional.of(real), "PIDFile=" + link.resolve("app.pid"))).isEmpty();
        assertThat(judge(Optional.of(real), "PIDFile=" + folder.resolve("other.pid")))
                .hasValueSatisfying(why -> assertThat(why).contains("put PIDFile=" + real, "instead of"));
    }

    @Test
    void aPidFileThatSystemdDoesNotSeeIsNone() {
        Optional<Path> hidden = Optional.of(Path.of("/tmp/app.pid"));
        assertThat(judge(hidden, "PIDFile=/tmp/app.pid", "PrivateTmp=yes"))
                .hasValueSatisfying(why -> assertThat(why).contains("PrivateTmp="));
        assertThat(judge(hidden, "PIDFile=/tmp/app.pid", "PrivateTmp=no")).isEmpty();
    }

    @Test
    void whatIsNotAnAnswerIsNone() {
        assertThat(UnitProperties.parse("")).isEmpty();
        assertThat(UnitProperties.parse("Type=simple\nMainPID=x")).isEmpty();
        assertThat(UnitProperties.parse("MainPID=7")).isEmpty();
        assertThat(UnitProperties.parse("=\nType=simple\nMainPID=7\nPIDFile=\0\n=x")).hasValueSatisfying(
                properties -> assertThat(properties.pidFile()).isEmpty());
    }
}
