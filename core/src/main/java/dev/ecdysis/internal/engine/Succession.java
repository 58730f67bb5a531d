package dev.ecdysis.internal.engine;

import dev.ecdysis.client.DrainingStatus;
import dev.ecdysis.internal.control.OtherSide;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.loop.Urgency;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.registry.ManagedListener;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.spi.HealthCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Carries out what a successor does until it is on its own. On the loop's thread.
final class Succession {
    private static final System.Logger LOG = Log.of(Succession.class);

    private final EventLoop loop;
    private final Mailbox mailbox;
    private final Holdings holdings;
    private final Optional<HealthCheck> healthCheck;
    private final Duration interval;
    private final PredecessorLink predecessor;
    private final Urgency urgency;
    private List<Inheritance.Older> older;
    private final InheritedStreams streams;
    private final long predecessorPid;
    private final OptionalInt outOfMemoryScore;
    private Timers.@Nullable Handle nextBeat;
    private boolean beating;
    private boolean checking;
    private long sequence;

    Succession(Posix posix, EventLoop loop, Mailbox mailbox, Holdings holdings, Optional<HealthCheck> healthCheck,
            Inheritance inheritance) {
        this.loop = loop;
        this.mailbox = mailbox;
        this.holdings = holdings;
        this.healthCheck = healthCheck;
        this.interval = Duration.ofMillis(Math.clamp(inheritance.settings().heartbeatMillis(), 10, 60_000));
        this.predecessor = new PredecessorLink(posix, loop, mailbox, inheritance);
        this.urgency = new Urgency(posix, loop);
        this.older = inheritance.older();
        this.streams = inheritance.streams();
        this.predecessorPid = inheritance.predecessorPid();
        this.outOfMemoryScore = scoreOf(inheritance.predecessorPid());
    }

    /// What the predecessor has is what this process should have once it counts as much.
    private static OptionalInt scoreOf(long pid) {
        try {
            return OptionalInt.of(SuccessorProcess.outOfMemoryScore(pid));
        } catch (IOException | NumberFormatException e) {
            LOG.log(System.Logger.Level.DEBUG, "process " + pid, e);
            return OptionalInt.empty();
        }
    }

    long predecessorPid() {
        return predecessorPid;
    }

    /// The predecessor passes nothing on any more.
    void readPipes() {
        streams.unread();
    }

    Optional<OtherSide> otherSide() {
        return predecessor.otherSide();
    }

    /// While they are the predecessor's to watch.
    List<DrainingStatus> elders() {
        return predecessor.elders().status();
    }

    boolean isPredecessorDead() {
        return predecessor.isDead();
    }

    void send(Message message) {
        if (message instanceof Message.Ready) {
            predecessor.readAhead();
            urgency.begin();
        }
        predecessor.send(message);
    }

    /// Says what nobody waits for, as long as the predecessor is not one of the family.
    void tell(Message message) {
        predecessor.tell(message);
    }

    /// The rest of the cutover is no more urgent than the requests that it lets in.
    void takes() {
        urgency.end();
        predecessor.elders().begin();
    }

    /// Beats from now on, at once first: the predecessor does not commit without one.
    void startBeating() {
        beating = true;
        holdings.beat(true);
        beat();
    }

    void stopBeating() {
        beating = false;
        holdings.beat(false);
        if (nextBeat != null) {
            nextBeat.cancel();
            nextBeat = null;
        }
    }

    private void beat() {
        if (!beating) {
            return;
        }
        nextBeat = loop.schedule(interval, this::beat);
        // A check that hangs keeps beats from being sent: to the predecessor that is silence.
        if (checking) {
            return;
        }
        checking = true;
        Thread.ofVirtual().name("ecdysis-health-check").start(() -> {
            Event failure = check();
            loop.execute(() -> checked(failure));
        });
    }

    private @Nullable Event check() {
        try {
            if (healthCheck.isPresent()) {
                healthCheck.get().check();
            }
            return null;
        } catch (Throwable e) { // an Error too: silence would say less
            return new Event.ApplicationFailed("unhealthy on probation: " + OneLine.of(e));
        }
    }

    private void checked(@Nullable Event failure) {
        checking = false;
        if (failure != null) {
            mailbox.post(failure);
        } else if (beating && acceptLoopsAreAlive()) {
            predecessor.sendBeat(new Message.Heartbeat(++sequence, acceptingSince(), System.nanoTime()));
        }
    }

    /// Each goes round at least every 100 ms while it is told to beat.
    private boolean acceptLoopsAreAlive() {
        long oldest = System.nanoTime() - Options.freshness(interval).toNanos();
        for (ManagedListener listener : holdings.listeners()) {
            if (listener.lastPassNanos() - oldest <= 0) {
                return false;
            }
        }
        return true;
    }

    private long acceptingSince() {
        long latest = 0;
        for (ManagedListener listener : holdings.listeners()) {
            latest = Math.max(latest, listener.acceptingSinceNanos());
        }
        return latest;
    }

    void becomeOwner(Family family) {
        stopBeating();
        holdings.makeOwn();
        streams.restore();
        outOfMemoryScore.ifPresent(score -> {
            try {
                SuccessorProcess.setOutOfMemoryScore(OwnProcess.pid(), score);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "this process stays the first to go when memory runs out", e);
            }
        });
        // Not before: until the commit the predecessor watches them, and would miss what is read here.
        older.forEach(one -> family.add(one.known().generation(), one.known().pid(), one.pidfd(), one.channel(), false,
                one.known().drainingSinceNanos(), one.known().killAtNanos()));
        older = List.of();
        predecessor.leaveTo(family);
    }

    void close() {
        stopBeating();
        predecessor.close();
        streams.close();
        older.forEach(Inheritance.Older::close);
    }
}
