package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.cli.Shell.Ended;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What `status` shows.
class StatusCommandTest {
    private final Shell shell = new Shell();

    @Test
    void isABlockToRead() {
        assertThat(shell.run("status", "--control", "/s")).isEqualTo(new Ended(0,
                """
                        generation   3
                        process      1234
                        version      1.4.2
                        state        running
                        uptime       3 h 5 min
                        connections  17
                        PID file     /run/app/app.pid
                        adoption     constructor in sun.nio.ch

                        LISTENER  ADDRESS                   SOCKETS  CONNECTIONS  ORIGIN
                        http      tcp:0.0.0.0:8080          1        17           inherited
                        admin     unix:/run/app/admin.sock  2        0            opened here

                        draining: generation 2, process 1200, for 12.0 s, 3 connections left, killed in 23.4 s
                          waits for http: 3
                        draining: generation 1, process 1100, for 1 min 10 s, connections unknown as it does not answer, \
                        being killed

                        note: the last upgrade was rolled back
                        """,
                ""));
    }

    @Test
    void inJson() {
        Ended ended = shell.run("status", "--control", "/s", "--json");

        assertThat(ended.status()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.json().toString()).isEqualTo(
                """
                        {"generation":3,"pid":1234,"version":"1.4.2","state":"running","ready":true,"upgrade":null,"uptimeMillis":11100000,"pidFile":"/run/app/app.pid",\
                        "connections":17,"adoption":"constructor in sun.nio.ch","listeners":[\
                        {"name":"http","address":"tcp:0.0.0.0:8080","sockets":1,"connections":17,"inherited":true},\
                        {"name":"admin","address":"unix:/run/app/admin.sock","sockets":2,"connections":0,"inherited":false}],\
                        "draining":[\
                        {"generation":2,"pid":1200,"elapsedMillis":12000,"untilKilledMillis":23400,"connections":3,\
                        "waitsFor":["http: 3"]},\
                        {"generation":1,"pid":1100,"elapsedMillis":70000,"untilKilledMillis":0,"connections":null,\
                        "waitsFor":[]}],\
                        "notes":["the last upgrade was rolled back"]}""");
    }

    @Test
    void saysHowFarAnUpgradeHasCome() {
        shell.server.status = Samples.in(Phase.PROBATION);

        assertThat(shell.run("status", "--control", "/s").out()).contains("""
                state        probation
                upgrade      to generation 4, process 1300, for 1.2 s
                """);
        assertThat(shell.run("status", "--control", "/s", "--json").out()).contains("""
                "state":"probation","ready":true,"upgrade":\
                {"phase":"probation","generation":4,"pid":1300,"elapsedMillis":1200},""");
    }

    @ParameterizedTest
    @EnumSource
    void theStateIsAWordOrTwo(ServerState state) {
        shell.server.status = Samples.in(state);

        String word = shell.run("status", "--control", "/s", "--json").json().get("state").stringValue();
        assertThat(word).isEqualTo(state.toString().toLowerCase(Locale.ROOT).replace('_', ' '));
        assertThat(shell.run("status", "--control", "/s").out()).contains("state        " + word + "\n");
    }

    @Test
    void aServerWithoutListenersSaysSo() {
        shell.server.status = new ServerStatus(0, 1, "unknown", ServerState.RUNNING, Optional.empty(), true,
                Duration.ZERO, Optional.empty(), List.of(), 0,
                List.of(),
                "dup2", List.of());

        assertThat(shell.run("status", "--control", "/s").out()).contains("no listeners").doesNotContain(
                "draining",
                "note");
    }
}
