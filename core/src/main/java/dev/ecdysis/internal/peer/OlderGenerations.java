package dev.ecdysis.internal.peer;

import dev.ecdysis.internal.inheritance.Inheritance;
import dev.ecdysis.internal.inheritance.OtherGeneration;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.status.DrainingStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The older generations as a successor on probation knows them, before they are its own to watch: their ends it sees,
/// the rest the predecessor tells. On the loop's thread.
public final class OlderGenerations {
    /// What the predecessor waits for before it drains.
    public static final String PROBATION = "the end of its successor's probation";

    private final Posix posix;
    private final Inheritance inheritance;
    private List<Message.OlderStanding> standing = List.of();
    private long since = System.nanoTime();

    OlderGenerations(Posix posix, Inheritance inheritance) {
        this.posix = posix;
        this.inheritance = inheritance;
    }

    /// The predecessor accepts nothing any more.
    public void begin() {
        since = System.nanoTime();
    }

    void told(List<Message.OlderStanding> by) {
        standing = by;
    }

    /// Those that live, the newest first.
    public List<DrainingStatus> status() {
        List<DrainingStatus> status = new ArrayList<>();
        if (!ProcessReaper.hasEnded(posix, inheritance.predecessor())) {
            status.add(status(inheritance.generation() - 1, inheritance.predecessorPid(), since, predecessorsEnd(),
                    List.of(PROBATION)));
        }
        for (OtherGeneration one : inheritance.older()) {
            if (!ProcessReaper.hasEnded(posix, one.pidfd())) {
                status.add(status(one.generation(), one.pid(), one.since(), one.killAt(), List.of()));
            }
        }
        return List.copyOf(status);
    }

    /// When it is killed at the latest, if the upgrade is kept.
    private long predecessorsEnd() {
        Duration longest = Duration.ofDays(365);
        long probation = Math.clamp(inheritance.settings().probationMillis(), 0, longest.toMillis());
        long drain = Math.clamp(inheritance.settings().drainMillis(), 0, longest.toMillis());
        return since + Duration.ofMillis(probation + drain).plus(Options.GRACE).toNanos();
    }

    /// @param otherwise what it waits for as far as is known without having been told
    private DrainingStatus status(int generation, long pid, long from, long killAt, List<String> otherwise) {
        long now = System.nanoTime();
        Message.OlderStanding said = new Message.OlderStanding(generation, -1, otherwise);
        for (Message.OlderStanding one : standing) {
            if (one.generation() == generation) {
                said = one;
            }
        }
        return new DrainingStatus(generation, pid, Duration.ofNanos(now - from),
                Duration.ofNanos(Math.max(0, killAt - now)), said.remaining(), said.waitsFor());
    }
}
