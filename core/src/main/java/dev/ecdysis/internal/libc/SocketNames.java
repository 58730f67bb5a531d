package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Linux;

/// The C names of families and options, for messages.
final class SocketNames {
    private SocketNames() {
    }

    static String family(int number) {
        return switch (number) {
            case Linux.AF_UNIX -> "AF_UNIX";
            case Linux.AF_INET -> "AF_INET";
            case Linux.AF_INET6 -> "AF_INET6";
            default -> "family " + number;
        };
    }

    /// `SOL_SOCKET/SO_REUSEPORT`
    static String option(int level, int option) {
        return switch (level) {
            case Linux.SOL_SOCKET -> "SOL_SOCKET/" + socketOption(option);
            case Linux.IPPROTO_IP -> "IPPROTO_IP/" + ipOption(option);
            case Linux.IPPROTO_IPV6 -> "IPPROTO_IPV6/" + ipv6Option(option);
            case Linux.IPPROTO_TCP -> "IPPROTO_TCP/" + tcpOption(option);
            default -> "level " + level + "/" + option;
        };
    }

    private static String socketOption(int option) {
        return switch (option) {
            case Linux.SO_REUSEADDR -> "SO_REUSEADDR";
            case Linux.SO_TYPE -> "SO_TYPE";
            case Linux.SO_ERROR -> "SO_ERROR";
            case Linux.SO_SNDBUF -> "SO_SNDBUF";
            case Linux.SO_RCVBUF -> "SO_RCVBUF";
            case Linux.SO_REUSEPORT -> "SO_REUSEPORT";
            case Linux.SO_PEERCRED -> "SO_PEERCRED";
            case Linux.SO_ATTACH_FILTER -> "SO_ATTACH_FILTER";
            case Linux.SO_DETACH_FILTER -> "SO_DETACH_FILTER";
            case Linux.SO_ACCEPTCONN -> "SO_ACCEPTCONN";
            case Linux.SO_DOMAIN -> "SO_DOMAIN";
            default -> Integer.toString(option);
        };
    }

    private static String ipOption(int option) {
        return switch (option) {
            case Linux.IP_FREEBIND -> "IP_FREEBIND";
            case Linux.IP_TRANSPARENT -> "IP_TRANSPARENT";
            default -> Integer.toString(option);
        };
    }

    private static String ipv6Option(int option) {
        return switch (option) {
            case Linux.IPV6_V6ONLY -> "IPV6_V6ONLY";
            case Linux.IPV6_TRANSPARENT -> "IPV6_TRANSPARENT";
            case Linux.IPV6_FREEBIND -> "IPV6_FREEBIND";
            default -> Integer.toString(option);
        };
    }

    private static String tcpOption(int option) {
        return switch (option) {
            case Linux.TCP_KEEPIDLE -> "TCP_KEEPIDLE";
            case Linux.TCP_KEEPINTVL -> "TCP_KEEPINTVL";
            case Linux.TCP_DEFER_ACCEPT -> "TCP_DEFER_ACCEPT";
            case Linux.TCP_INFO -> "TCP_INFO";
            case Linux.TCP_FASTOPEN -> "TCP_FASTOPEN";
            default -> Integer.toString(option);
        };
    }
}
