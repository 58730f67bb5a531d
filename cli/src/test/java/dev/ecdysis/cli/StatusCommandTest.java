package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.cli.Shell.Ended;
import dev.ecdysis.status.ServerStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

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
                        {"generation":3,"pid":1234,"version":"1.4.2","state":"running","ready":true,"uptimeMillis":11100000,\
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
    void aServerWithoutListenersSaysSo() {
        shell.server.status = new ServerStatus(0, 1, "unknown", "running", true, Duration.ZERO, List.of(), 0,
                List.of(),
                "dup2", List.of());

        assertThat(shell.run("status", "--control", "/s").out()).contains("no listeners").doesNotContain(
                "draining",
                "note");
    }
}
