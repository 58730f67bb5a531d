package dev.ecdysis.internal.preflight;

import java.util.List;

/// Whether the session of this process ends with it, and hangs up its terminal: the kernel sends SIGHUP when the leader
/// of a session ends, see [credentials(7)](https://man7.org/linux/man-pages/man7/credentials.7.html). A server that is
/// the only program of a terminal leads its session (tmux, screen, `ssh -t`, `docker exec -it`), or a script does that
/// waits for it, or sudo. Its successor must not stay there.
///
/// A shell at whose prompt the server was started leads a session that goes on.
final class TerminalSession {
    private TerminalSession() {
    }

    /// @param chain the process in question first
    /// @param followed whether somebody above it goes on when it has ended
    static boolean endsWith(List<Ancestor> chain, boolean followed) {
        if (chain.isEmpty() || !chain.getFirst().stat().hasTerminal()) {
            return false;
        }
        long leader = chain.getFirst().stat().session();
        if (leader == chain.getFirst().pid()) {
            return true;
        }
        for (int i = 1; i < chain.size() && !followed; i++) {
            Ancestor parent = chain.get(i);
            Ancestor child = chain.get(i - 1);
            if (parent.stat().session() != leader || parent.asksForTheNextCommandAfter(child)) {
                return false;
            }
            if (parent.pid() == leader) {
                return endsWith(parent, child);
            }
        }
        return false; // it is none of those above: they have left it, or it has ended
    }

    /// What gives its child a process group of its own, and is not known to wait for it, is a shell of another kind.
    private static boolean endsWith(Ancestor leader, Ancestor child) {
        return switch (leader.kind()) {
            case SHELL, WAITER -> true;
            case SMALL_INIT, INIT, SUPERVISOR, RUNTIME -> false;
            case OTHER -> leader.stat().group() == child.stat().group();
        };
    }
}
