package dev.ecdysis.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.Tcp;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.posix.SockAddr;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostsTest {
    private static SockAddr local(String host, int scope) throws IOException {
        byte[] bytes = InetAddress.ofLiteral(host).getAddress();
        return bytes.length == 4 ? new SockAddr.Inet4(InetAddress.getByAddress(bytes), 80)
                : new SockAddr.Inet6(Inet6Address.getByAddress(null, bytes, -1), 80, scope);
    }

    @Test
    void aLinkLocalAddressIsAnotherOnAnotherInterface() throws Exception {
        SockAddr first = local("fe80::1", 1);
        assertThat(Hosts.isAt(first, "fe80::1%1")).isTrue();
        assertThat(Hosts.isAt(first, "fe80::1%2")).isFalse();
        assertThat(Hosts.isAt(first, "fe80::1")).isFalse();
        assertThat(Hosts.isAt(first, "fe80::2%1")).isFalse();
        assertThat(Hosts.overlaps(first, "fe80::1%1")).isTrue();
        assertThat(Hosts.overlaps(first, "fe80::1%2")).isFalse();
        assertThat(Hosts.overlaps(first, "::")).isTrue();
        assertThat(AcceptedSockets.isOf(first, local("fe80::1", 1))).isTrue();
        assertThat(AcceptedSockets.isOf(first, local("fe80::1", 2))).isFalse();
        assertThat(AcceptedSockets.isOf(local("::", 0), local("fe80::1", 2))).isTrue();
    }

    @Test
    void theOthersAreWhatTheirBytesSay() throws Exception {
        assertThat(Hosts.isAt(local("::1", 0), "0:0:0:0:0:0:0:1")).isTrue();
        assertThat(Hosts.isAt(local("::1", 0), "127.0.0.1")).isFalse();
        assertThat(Hosts.isAt(local("127.0.0.1", 0), "127.0.0.1")).isTrue();
        assertThat(Hosts.isAt(local("169.254.1.1", 0), "169.254.1.1")).isTrue();
        assertThat(Hosts.isAt(local("127.0.0.1", 0), "no-such-host.invalid")).isFalse();
        assertThat(Hosts.overlaps(local("0.0.0.0", 0), "127.0.0.1")).isTrue();
        assertThat(Hosts.overlaps(local("127.0.0.1", 0), "127.0.0.2")).isFalse();
        assertThat(Hosts.overlaps(local("127.0.0.1", 0), "no-such-host.invalid")).isFalse();
        assertThat(local("fe80::1", 3)).hasToString("[fe80:0:0:0:0:0:0:1%3]:80");
        assertThat(local("::1", 0)).hasToString("[0:0:0:0:0:0:0:1]:80");
    }

    @Test
    void aRealOneKeepsItsInterface() throws Exception {
        Optional<Inet6Address> own = NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .filter(Inet6Address.class::isInstance).map(Inet6Address.class::cast)
                .filter(InetAddress::isLinkLocalAddress).findFirst();
        assumeTrue(own.isPresent(), "no interface has a link-local address");
        String byName = own.get().getHostAddress();
        ManagedListener listener = Sockets.listen("http", Tcp.of(byName, 0));
        try {
            InetSocketAddress bound = (InetSocketAddress) listener.localAddress();
            assertThat(((Inet6Address) bound.getAddress()).getScopeId()).isEqualTo(own.get().getScopeId());
            SocketChannel.open(bound).close();
            String host = byName.substring(0, byName.indexOf('%'));
            BoundSockets sockets = listener.sockets();
            assertThat(sockets.isAt(Tcp.of(host + "%" + own.get().getScopeId(), bound.getPort()))).isTrue();
            assertThat(sockets.isAt(Tcp.of(host + "%" + (own.get().getScopeId() + 1), bound.getPort()))).isFalse();
            listener.closeSockets();
            ManagedListener again = Sockets.listen("http",
                    Tcp.of(bound.getAddress().getHostAddress(), bound.getPort()));
            assertThat(again.localAddress()).isEqualTo(bound);
            again.closeSockets();
        } finally {
            listener.closeSockets();
        }
    }

    @Test
    void anInterfaceThatIsMissingIsNamed() {
        assertThatThrownBy(() -> Sockets.listen("http", Tcp.of("fe80::1%nowhere0", 0)))
                .isInstanceOf(EcdysisException.class)
                .hasMessage("cannot listen on tcp:[fe80::1%nowhere0]:0 (http): this machine has no such interface as in"
                        + " fe80::1%nowhere0; use one that `ip link` lists");
    }
}
