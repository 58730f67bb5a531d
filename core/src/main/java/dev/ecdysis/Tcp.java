package dev.ecdysis;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A TCP address and the options its sockets are created with, see
/// [tcp(7)](https://man7.org/linux/man-pages/man7/tcp.7.html),
/// [ip(7)](https://man7.org/linux/man-pages/man7/ip.7.html) and
/// [socket(7)](https://man7.org/linux/man-pages/man7/socket.7.html).
///
/// A later generation inherits the socket with the options it has. Those that can be changed become what the latest version
/// asks for once its upgrade is committed: all but [#sockets(int)] and [#ipv6Only(boolean)], and a buffer that it does not
/// mention keeps its size. What cannot be changed is noted in the log and in `ecdysis status`. Only a new address makes a
/// later generation bind anew; it must not overlap with the old one on the same port, because both are bound until the
/// upgrade is committed.
public final class Tcp implements Address {
    private static final int MOST_SOCKETS = 1000;

    private final String host;
    private final int port;
    /// Only what was set: an option that is missing leaves the default. Numbers as they are, switches as 0 or
    /// 1, durations in nanoseconds.
    private final Map<Option, Long> options;

    private enum Option {
        BACKLOG, REUSE_ADDRESS, SOCKETS, IPV6_ONLY, RECEIVE_BUFFER, SEND_BUFFER, FAST_OPEN, DEFER_ACCEPT,
        FREE_BIND,
        TRANSPARENT
    }

    private Tcp(String host, int port, Map<Option, Long> options) {
        this.host = host;
        this.port = port;
        this.options = Map.copyOf(options);
    }

    /// An address with the default options.
    ///
    /// @param host an IPv4 or IPv6 address, or a name; `0.0.0.0` is every IPv4 address of the machine, `::`
    ///        every address of both families. A link-local address has its interface, `fe80::1%eth0`, and is another
    ///        one on another interface
    /// @param port 0 to 65535. With 0 the kernel chooses in generation 0, and every later generation keeps
    ///        that port
    public static Tcp of(String host, int port) {
        if (host.isBlank()) {
            throw new IllegalArgumentException("the host is empty; write 0.0.0.0 for every address");
        }
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("a port is 0 to 65535: " + port);
        }
        return new Tcp(host, port, Map.of());
    }

    static Tcp parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            return of(host, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not an address: 'tcp:" + text + "'; write tcp:HOST:PORT", e);
        }
    }

    /// The address or name as it was given, without brackets. It is resolved when it is bound.
    public String host() {
        return host;
    }

    /// 0 to 65535; with 0 the kernel chooses, see [Listener#localAddress()].
    public int port() {
        return port;
    }

    @Override
    public int backlog() {
        return number(Option.BACKLOG).orElse(DEFAULT_BACKLOG);
    }

    /// How many connections may wait to be accepted.
    ///
    /// @param connections how many may wait in each socket's accept queue, 1 or more
    public Tcp backlog(int connections) {
        return with(Option.BACKLOG, Checks.atLeast(1, connections, "backlog"));
    }

    /// Whether `SO_REUSEADDR` is set before bind; true by default.
    public boolean reuseAddress() {
        return isOn(Option.REUSE_ADDRESS).orElse(true);
    }

    /// `SO_REUSEADDR`: bind although connections of an earlier server linger in TIME_WAIT. On by default.
    public Tcp reuseAddress(boolean on) {
        return with(Option.REUSE_ADDRESS, on);
    }

    /// How many sockets share the address; more than 1 makes an `SO_REUSEPORT` group.
    public int sockets() {
        return number(Option.SOCKETS).orElse(1);
    }

    /// How many sockets share the address, as an `SO_REUSEPORT` group when it is more than 1.
    ///
    /// @param count 1 to 1,000; the kernel spreads new connections over an `SO_REUSEPORT` group of that size
    public Tcp sockets(int count) {
        return with(Option.SOCKETS, Checks.between(1, MOST_SOCKETS, count, "sockets"));
    }

    /// Whether an IPv6 socket turns IPv4 away; empty when nothing was asked for, and then it does not.
    public Optional<Boolean> ipv6Only() {
        return isOn(Option.IPV6_ONLY);
    }

    /// `IPV6_V6ONLY`: whether an IPv6 socket turns IPv4 away. Off unless set, whatever the system's default
    /// is.
    public Tcp ipv6Only(boolean on) {
        return with(Option.IPV6_ONLY, on);
    }

    /// The `SO_RCVBUF` that was asked for, in bytes; empty for the system's default.
    public OptionalInt receiveBuffer() {
        return number(Option.RECEIVE_BUFFER);
    }

    /// `SO_RCVBUF` in bytes, 1 or more: set before listen, so accepted connections have it and TCP can scale
    /// its window. The kernel doubles it.
    public Tcp receiveBuffer(int bytes) {
        return with(Option.RECEIVE_BUFFER, Checks.atLeast(1, bytes, "receiveBuffer"));
    }

    /// The `SO_SNDBUF` that was asked for, in bytes; empty for the system's default.
    public OptionalInt sendBuffer() {
        return number(Option.SEND_BUFFER);
    }

    /// `SO_SNDBUF` in bytes, 1 or more.
    public Tcp sendBuffer(int bytes) {
        return with(Option.SEND_BUFFER, Checks.atLeast(1, bytes, "sendBuffer"));
    }

    /// How many fast-open requests may be pending; empty when fast open is not asked for.
    public OptionalInt fastOpen() {
        return number(Option.FAST_OPEN);
    }

    /// `TCP_FASTOPEN`, [RFC 7413](https://www.rfc-editor.org/rfc/rfc7413).
    ///
    /// @param pending how many fast-open requests may be pending, 1 or more
    public Tcp fastOpen(int pending) {
        return with(Option.FAST_OPEN, Checks.atLeast(1, pending, "fastOpen"));
    }

    /// How long the kernel waits for data before a connection can be accepted; empty when it does not wait.
    public Optional<Duration> deferAccept() {
        return Optional.ofNullable(options.get(Option.DEFER_ACCEPT)).map(Duration::ofNanos);
    }

    /// `TCP_DEFER_ACCEPT`: a connection enters the accept queue only once it has sent data.
    ///
    /// @param atMost how long the kernel waits for data; more than 0, rounded up to whole seconds
    public Tcp deferAccept(Duration atMost) {
        return with(Option.DEFER_ACCEPT, Checks.positive(atMost, "deferAccept").toNanos());
    }

    /// Whether the machine need not have the address yet; false by default.
    public boolean freeBind() {
        return isOn(Option.FREE_BIND).orElse(false);
    }

    /// `IP_FREEBIND`: bind to an address that the machine does not have yet.
    public Tcp freeBind(boolean on) {
        return with(Option.FREE_BIND, on);
    }

    /// Whether connections to foreign addresses are accepted; false by default.
    public boolean transparent() {
        return isOn(Option.TRANSPARENT).orElse(false);
    }

    /// `IP_TRANSPARENT`: accept connections to foreign addresses that the firewall sends here. Needs
    /// `CAP_NET_ADMIN`.
    public Tcp transparent(boolean on) {
        return with(Option.TRANSPARENT, on);
    }

    private Tcp with(Option option, boolean on) {
        return with(option, on ? 1 : 0);
    }

    private Tcp with(Option option, long value) {
        Map<Option, Long> changed = new HashMap<>(options);
        changed.put(option, value);
        return new Tcp(host, port, changed);
    }

    private OptionalInt number(Option option) {
        Long value = options.get(option);
        return value == null ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(value));
    }

    private Optional<Boolean> isOn(Option option) {
        return Optional.ofNullable(options.get(option)).map(value -> value != 0);
    }

    @Override
    public String toString() {
        return "tcp:" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
