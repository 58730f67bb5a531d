package dev.ecdysis.internal.registry;

import static dev.ecdysis.internal.posix.Linux.IPPROTO_IP;
import static dev.ecdysis.internal.posix.Linux.IPPROTO_IPV6;
import static dev.ecdysis.internal.posix.Linux.IPPROTO_TCP;
import static dev.ecdysis.internal.posix.Linux.IPV6_FREEBIND;
import static dev.ecdysis.internal.posix.Linux.IPV6_TRANSPARENT;
import static dev.ecdysis.internal.posix.Linux.IP_FREEBIND;
import static dev.ecdysis.internal.posix.Linux.IP_TRANSPARENT;
import static dev.ecdysis.internal.posix.Linux.SOL_SOCKET;
import static dev.ecdysis.internal.posix.Linux.SO_RCVBUF;
import static dev.ecdysis.internal.posix.Linux.SO_REUSEADDR;
import static dev.ecdysis.internal.posix.Linux.SO_SNDBUF;
import static dev.ecdysis.internal.posix.Linux.TCP_DEFER_ACCEPT;
import static dev.ecdysis.internal.posix.Linux.TCP_FASTOPEN;

import dev.ecdysis.Tcp;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// The options of a TCP socket that the kernel lets anybody set while it listens, as well as before.
final class TcpOptions {
    private TcpOptions() {
    }

    /// One of them.
    ///
    /// @param asked what the kernel is told
    /// @param given what it then says that the option is
    /// @param plain whether that is what a new socket has
    private record Setting(int level, int option, int asked, int given, boolean plain) {
    }

    /// What an address asks for. A buffer that it does not mention is left to the kernel, which has given it a size.
    private static List<Setting> of(Tcp address, boolean v6) {
        List<Setting> settings = new ArrayList<>();
        int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
        settings.add(one(SOL_SOCKET, SO_REUSEADDR, address.reuseAddress() ? 1 : 0));
        addBuffer(settings, SO_RCVBUF, address.receiveBuffer());
        addBuffer(settings, SO_SNDBUF, address.sendBuffer());
        settings.add(one(level, v6 ? IPV6_FREEBIND : IP_FREEBIND, address.freeBind() ? 1 : 0));
        settings.add(one(level, v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, address.transparent() ? 1 : 0));
        settings.add(one(IPPROTO_TCP, TCP_FASTOPEN, address.fastOpen().orElse(0)));
        settings.add(one(IPPROTO_TCP, TCP_DEFER_ACCEPT, seconds(address.deferAccept().orElse(Duration.ZERO))));
        return settings;
    }

    private static Setting one(int level, int option, int value) {
        return new Setting(level, option, value, value, value == 0);
    }

    /// The kernel doubles it.
    private static void addBuffer(List<Setting> settings, int option, OptionalInt bytes) {
        if (bytes.isPresent()) {
            settings.add(new Setting(SOL_SOCKET, option, bytes.getAsInt(), 2 * bytes.getAsInt(), false));
        }
    }

    private static int seconds(Duration duration) {
        return (int) duration.plusNanos(999_999_999).toSeconds();
    }

    /// Of a new socket.
    static void set(Posix posix, Fd socket, Tcp address, boolean v6) throws PosixException {
        for (Setting setting : of(address, v6)) {
            if (!setting.plain()) {
                posix.setsockopt(socket, setting.level(), setting.option(), setting.asked());
            }
        }
    }

    /// Of one that listens and was made for another address of the same place: what is so already is not touched, because
    /// some need a privilege.
    ///
    /// @param failed gets what could not be changed, a line each
    static void change(Posix posix, Fd socket, Tcp address, boolean v6, List<String> failed) {
        for (Setting setting : of(address, v6)) {
            try {
                if (posix.getsockopt(socket, setting.level(), setting.option()) != setting.given()) {
                    posix.setsockopt(socket, setting.level(), setting.option(), setting.asked());
                }
            } catch (PosixException e) {
                failed.add(String.valueOf(e.getMessage()));
            }
        }
    }
}
