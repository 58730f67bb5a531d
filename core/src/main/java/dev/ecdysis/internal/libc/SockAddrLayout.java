package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.SockAddr;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// `struct sockaddr_in`, `sockaddr_in6` and `sockaddr_un` in memory. Ports and host addresses are in network order,
/// the rest in the machine's.
final class SockAddrLayout {
    /// `sizeof(struct sockaddr_storage)`: room for an address of any family.
    static final int STORAGE_SIZE = 128;

    private static final int FAMILY = 0;
    private static final int IN_PORT = 2;
    private static final int IN_ADDR = 4;
    private static final int IN_SIZE = 16;
    private static final int IN6_PORT = 2;
    private static final int IN6_ADDR = 8;
    private static final int IN6_SCOPE_ID = 24;
    private static final int IN6_SIZE = 28;
    private static final int UN_PATH = 2;

    /// What the JDK decodes file names with, so that a path keeps its bytes in both directions.
    private static final Charset FILE_NAMES = Charset
            .forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private SockAddrLayout() {
    }

    /// @throws IllegalArgumentException when the address cannot be one of its family
    static Memory write(Call call, SockAddr address) {
        return switch (address) {
            case SockAddr.Inet4(InetAddress host, int port) -> writeInet4(call, host, port);
            case SockAddr.Inet6(InetAddress host, int port, int scope) -> writeInet6(call, host, port, scope);
            case SockAddr.Unix(Path path) -> writeUnix(call, path);
            case SockAddr.Abstract(String name) -> writeAbstract(call, name);
            case SockAddr.Unnamed _ -> throw new IllegalArgumentException("an unnamed socket address");
        };
    }

    private static Memory writeInet4(Call call, InetAddress host, int port) {
        if (!(host instanceof Inet4Address)) {
            throw new IllegalArgumentException("not an IPv4 address: " + host.getHostAddress());
        }
        Memory memory = call.allocate(IN_SIZE);
        memory.bytes().putShort(FAMILY, (short) Linux.AF_INET);
        putPort(memory.bytes(), IN_PORT, port);
        memory.bytes().put(IN_ADDR, host.getAddress());
        return memory;
    }

    private static Memory writeInet6(Call call, InetAddress host, int port, int scope) {
        Memory memory = call.allocate(IN6_SIZE);
        memory.bytes().putShort(FAMILY, (short) Linux.AF_INET6);
        putPort(memory.bytes(), IN6_PORT, port);
        byte[] bytes = host.getAddress();
        if (bytes.length == 4) {
            // The JDK makes an Inet4Address of ::ffff:192.0.2.1; this is its way back.
            memory.bytes().putShort(IN6_ADDR + 10, (short) 0xFFFF);
            memory.bytes().put(IN6_ADDR + 12, bytes);
        } else {
            memory.bytes().put(IN6_ADDR, bytes);
        }
        memory.bytes().putInt(IN6_SCOPE_ID, scope);
        return memory;
    }

    private static Memory writeUnix(Call call, Path path) {
        byte[] bytes = path.toString().getBytes(FILE_NAMES);
        if (bytes.length == 0 || bytes.length > Linux.SUN_PATH_MAX) {
            throw new IllegalArgumentException("the path of a Unix socket has 1 to " + Linux.SUN_PATH_MAX
                    + " bytes, and this one " + bytes.length + ": " + path);
        }
        Memory memory = call.allocate(UN_PATH + bytes.length + 1);
        memory.bytes().putShort(FAMILY, (short) Linux.AF_UNIX);
        memory.bytes().put(UN_PATH, bytes);
        return memory;
    }

    /// A zero comes first, and none ends it: the length does.
    private static Memory writeAbstract(Call call, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > Linux.SUN_PATH_MAX) {
            throw new IllegalArgumentException("the abstract name of a Unix socket has 1 to " + Linux.SUN_PATH_MAX
                    + " bytes, and this one " + bytes.length + ": @" + name);
        }
        Memory memory = call.allocate(UN_PATH + 1 + bytes.length);
        memory.bytes().putShort(FAMILY, (short) Linux.AF_UNIX);
        memory.bytes().put(UN_PATH + 1, bytes);
        return memory;
    }

    /// Reads what the kernel wrote; null when it is of a family that this library does not speak.
    static @Nullable SockAddr read(ByteBuffer memory, int length) {
        return switch (family(memory)) {
            case Linux.AF_INET -> new SockAddr.Inet4(host(memory, IN_ADDR, 4), port(memory, IN_PORT));
            case Linux.AF_INET6 -> new SockAddr.Inet6(host(memory, IN6_ADDR, 16), port(memory, IN6_PORT),
                    memory.getInt(IN6_SCOPE_ID));
            case Linux.AF_UNIX -> readUnix(memory, length);
            default -> null;
        };
    }

    static int family(ByteBuffer memory) {
        return Short.toUnsignedInt(memory.getShort(FAMILY));
    }

    /// The length counts the terminating zero when there is one: a path of 108 bytes, which bind(2) allows, has none.
    private static SockAddr readUnix(ByteBuffer memory, int length) {
        if (length <= UN_PATH || memory.get(UN_PATH) == 0) {
            return new SockAddr.Unnamed();
        }
        int end = UN_PATH;
        while (end < length && memory.get(end) != 0) {
            end++;
        }
        byte[] bytes = new byte[end - UN_PATH];
        memory.get(UN_PATH, bytes);
        return new SockAddr.Unix(Path.of(new String(bytes, FILE_NAMES)));
    }

    private static void putPort(ByteBuffer memory, int offset, int port) {
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("a port is 0 to 65535: " + port);
        }
        memory.put(offset, (byte) (port >> 8)).put(offset + 1, (byte) port);
    }

    private static int port(ByteBuffer memory, int offset) {
        return Short.toUnsignedInt(memory.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(offset));
    }

    private static InetAddress host(ByteBuffer memory, int offset, int size) {
        byte[] bytes = new byte[size];
        memory.get(offset, bytes);
        try {
            // getByAddress(byte[]) would make an IPv4 address of a mapped one, and the family would be lost.
            return size == 16 ? Inet6Address.getByAddress(null, bytes, -1) : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + size + " bytes", e);
        }
    }
}
