package dev.ecdysis.internal.registry;

import dev.ecdysis.Address;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.PosixException;
import java.io.IOException;

/// One line for a socket that could not be made: which, why, and what to do about it.
final class BindErrors {
    private BindErrors() {
    }

    static EcdysisException ofTcp(String name, Tcp address, PosixException e) {
        return of(name, address, e, adviceTcp(address, e));
    }

    static EcdysisException ofUnix(String name, Unix address, IOException e) {
        if (e instanceof EcdysisException said) {
            return said;
        }
        return of(name, address, e, e instanceof PosixException call ? adviceUnix(address, call) : "");
    }

    private static EcdysisException of(String name, Address address, IOException e, String advice) {
        return new EcdysisException("cannot listen on " + address + " (" + name + "): "
                + (advice.isEmpty() ? reason(e) : advice + " [" + e.getMessage() + "]"), e);
    }

    /// What the kernel said; a message of the JDK's is often no more than the path.
    private static String reason(IOException e) {
        return e instanceof PosixException ? String.valueOf(e.getMessage()) : e.toString();
    }

    private static String adviceTcp(Tcp address, PosixException e) {
        if (e.is(Errno.EADDRINUSE)) {
            return inUse(address);
        }
        if (e.is(Errno.EACCES)) {
            return "ports below net.ipv4.ip_unprivileged_port_start (usually 1024) need CAP_NET_BIND_SERVICE;"
                    + " grant that (AmbientCapabilities= under systemd), or use a higher port";
        }
        if (e.is(Errno.EADDRNOTAVAIL)) {
            return "this machine does not have the address " + address.host()
                    + " (yet); use one that `ip address` lists, 0.0.0.0 for all, or freeBind(true)";
        }
        if (e.is(Errno.EPERM) && address.transparent()) {
            return "transparent(true) needs CAP_NET_ADMIN; grant that, or leave the option out";
        }
        if (e.is(Errno.EAFNOSUPPORT)) {
            return "this machine has IPv6 switched off; use an IPv4 address, such as 0.0.0.0";
        }
        if (e.is(Errno.EINVAL) && address.host().startsWith("fe80:")) {
            return "a link-local address needs its interface: " + address.host() + "%eth0";
        }
        return shortage(e);
    }

    private static String inUse(Tcp address) {
        if (address.port() == 0) {
            return "all ports of net.ipv4.ip_local_port_range are in use; name one";
        }
        String holder = ListeningProcess.onPort(address.port()).map(process -> "by " + process + "; stop it")
                .orElse(address.reuseAddress() ? "by a socket that does not listen; end its process"
                        : "by connections of an earlier server; set reuseAddress(true)");
        return "port " + address.port() + " is in use " + holder + ", or use another port";
    }

    private static String adviceUnix(Unix address, PosixException e) {
        Object folder = address.path().getParent();
        if (e.is(Errno.EADDRINUSE)) {
            return "another process has just taken the path; start only one of the two";
        }
        if (e.is(Errno.ENOENT)) {
            return "the folder " + folder + " does not exist; create it";
        }
        if (e.is(Errno.ENOTDIR)) {
            return folder + " is not a folder; use another path";
        }
        if (e.is(Errno.EACCES) || e.is(Errno.EPERM)) {
            return "this user may not write to the folder " + folder
                    + "; change its permissions or use another";
        }
        if (e.is(Errno.ENOSPC)) {
            return "the file system of " + folder + " has no room for one more file; make some (df, df -i)";
        }
        if (e.is(Errno.ENAMETOOLONG) || e.is(Errno.EINVAL)) {
            return "the path is longer than the 107 bytes that the kernel takes; use a shorter folder";
        }
        return shortage(e);
    }

    private static String shortage(PosixException e) {
        return e.is(Errno.EMFILE) || e.is(Errno.ENFILE)
                ? "too many open files; raise the limit (ulimit -n, LimitNOFILE=)"
                : "";
    }
}
