package dev.ecdysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    private static final Tcp TCP = Tcp.of("127.0.0.1", 80);

    @ParameterizedTest
    @ValueSource(strings = {"tcp:0.0.0.0:80", "tcp:[::]:0", "tcp:[fe80::1%eth0]:65535", "tcp:example.org:443",
        "unix:/run/app/http.sock", "systemd:app.socket"})
    void whatIsWrittenIsReadBack(String text) {
        assertThat(Address.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "80", "tcp:", "tcp:80", "tcp::80", "tcp:host:", "tcp:host:x", "tcp:host:65536",
                "tcp:host:-1", "unix:", "systemd:", "systemd:a:b", "systemd:\n", "udp:host:80"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Address.parse(text));
    }

    @Test
    void defaults() {
        assertThat(TCP.backlog()).isEqualTo(4096);
        assertThat(TCP.reuseAddress()).isTrue();
        assertThat(TCP.sockets()).isEqualTo(1);
        assertThat(TCP.ipv6Only()).isEmpty();
        assertThat(TCP.receiveBuffer()).isEmpty();
        assertThat(TCP.sendBuffer()).isEmpty();
        assertThat(TCP.fastOpen()).isEmpty();
        assertThat(TCP.deferAccept()).isEmpty();
        assertThat(TCP.freeBind()).isFalse();
        assertThat(TCP.transparent()).isFalse();
    }

    @Test
    void eachOptionChangesItselfOnly() {
        Tcp all = TCP.backlog(1).reuseAddress(false).sockets(2).ipv6Only(false).receiveBuffer(3).sendBuffer(4)
                .fastOpen(5).deferAccept(Duration.ofMillis(6)).freeBind(true).transparent(true);
        assertThat(all.host()).isEqualTo("127.0.0.1");
        assertThat(all.port()).isEqualTo(80);
        assertThat(all.backlog()).isEqualTo(1);
        assertThat(all.reuseAddress()).isFalse();
        assertThat(all.sockets()).isEqualTo(2);
        assertThat(all.ipv6Only()).contains(false);
        assertThat(all.receiveBuffer()).hasValue(3);
        assertThat(all.sendBuffer()).hasValue(4);
        assertThat(all.fastOpen()).hasValue(5);
        assertThat(all.deferAccept()).contains(Duration.ofMillis(6));
        assertThat(all.freeBind()).isTrue();
        assertThat(all.transparent()).isTrue();
        assertThat(TCP.backlog()).isEqualTo(4096);
    }

    @Test
    void valuesOutOfRangeAreRefusedWithTheirName() {
        assertThatIllegalArgumentException().isThrownBy(() -> TCP.backlog(0))
                .withMessageContaining("backlog");
        assertThatIllegalArgumentException().isThrownBy(() -> TCP.sockets(0))
                .withMessageContaining("sockets");
        assertThatIllegalArgumentException().isThrownBy(() -> TCP.sockets(1001))
                .withMessageContaining("sockets must be between 1 and 1000");
        assertThat(TCP.sockets(1000).sockets()).isEqualTo(1000);
        assertThatIllegalArgumentException().isThrownBy(() -> TCP.receiveBuffer(0))
                .withMessageContaining("receiveBuffer");
        assertThatIllegalArgumentException().isThrownBy(() -> TCP.sendBuffer(-1))
                .withMessageContaining("sendBuffer");
        assertThatIllegalArgumentException().isThrownBy(() -> TCP.fastOpen(0))
                .withMessageContaining("fastOpen");
        assertThatIllegalArgumentException().isThrownBy(() -> TCP.deferAccept(Duration.ZERO))
                .withMessageContaining("deferAccept");
        assertThatIllegalArgumentException().isThrownBy(() -> Tcp.of(" ", 80))
                .withMessageContaining("0.0.0.0");
        assertThatIllegalArgumentException().isThrownBy(() -> Tcp.of("::", 65536))
                .withMessageContaining("65536");
    }

    @Test
    void aUnixPathIsMadeAbsolute() {
        assertThat(Unix.of(Path.of("a/../s")).path()).isEqualTo(Path.of("s").toAbsolutePath());
        assertThat(Unix.of(Path.of("/s")).mode()).isEqualTo(0666);
        assertThat(Unix.of(Path.of("/s")).mode(0600).backlog(7).mode()).isEqualTo(0600);
        assertThat(Unix.of(Path.of("/s")).mode(0600).backlog(7).backlog()).isEqualTo(7);
    }

    @Test
    void aUnixPathThatTheKernelCannotHoldIsRefused() {
        assertThat(Unix.of(Path.of("/" + "x".repeat(106))).path()).isAbsolute();
        assertThatIllegalArgumentException().isThrownBy(() -> Unix.of(Path.of("/" + "x".repeat(107))))
                .withMessageContaining("at most 107 bytes, and this one has 108");
        assertThatIllegalArgumentException().isThrownBy(() -> Unix.of(Path.of("/s")).mode(01000));
    }
}
