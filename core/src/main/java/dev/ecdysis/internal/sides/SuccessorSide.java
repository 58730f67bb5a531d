package dev.ecdysis.internal.sides;

import dev.ecdysis.internal.control.PredecessorProcess;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Pulse;
import dev.ecdysis.internal.inheritance.Inheritance;
import dev.ecdysis.internal.inheritance.InheritedStreams;
import dev.ecdysis.internal.inheritance.OtherGeneration;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.peer.PredecessorLink;
import dev.ecdysis.internal.peer.ProcessReaper;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.pump.EventQueue;
import dev.ecdysis.internal.resources.OwnedResources;
import dev.ecdysis.internal.scheduling.LoopPriority;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.spi.HealthCheck;
import dev.ecdysis.status.DrainingStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Carries out what a successor does until it is on its own. On the loop's thread.
public final class SuccessorSide {
    private static final System.Logger LOG = Log.of(SuccessorSide.class);

    private final Posix posix;
    private final EventLoop loop;
    private final EventQueue events;
    private final OwnedResources owned;
    private final @Nullable HealthInquiry health;
    private final Pulse pulse;
    private final Duration interval;
    /// None any more once this process is on its own.
    private @Nullable PredecessorLink predecessor;
    private boolean predecessorDied;
    private final LoopPriority loopPriority;
    private List<OtherGeneration> older;
    private final InheritedStreams streams;
    private final long predecessorPid;
    private final OptionalInt outOfMemoryScore;
    private Timers.@Nullable Handle nextBeat;
    private boolean beating;

    /// @param checkLimit how long the health check may take
    public SuccessorSide(Posix posix, EventLoop loop, EventQueue events, OwnedResources owned,
            Optional<HealthCheck> healthCheck,
            Duration checkLimit, Inheritance inheritance) {
        this.posix = posix;
        this.loop = loop;
        this.events = events;
        this.owned = owned;
        this.interval = Duration.ofMillis(Math.clamp(inheritance.settings().heartbeatMillis(), 10, 60_000));
        this.health = healthCheck.isPresent()
                ? new HealthInquiry(loop, healthCheck.get(), checkLimit, new Answered()) : null;
        this.pulse = new Pulse(healthCheck.isPresent(), Options.freshness(interval).toNanos());
        this.predecessor = new PredecessorLink(posix, loop, events, inheritance);
        this.loopPriority = new LoopPriority(posix, loop);
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

    public long predecessorPid() {
        return predecessorPid;
    }

    /// The predecessor passes nothing on any more.
    public void readPipes() {
        streams.unread();
    }

    public Optional<PredecessorProcess> predecessorProcess() {
        PredecessorLink link = predecessor;
        return link == null ? Optional.empty() : link.predecessorProcess();
    }

    /// While they are the predecessor's to watch.
    public List<DrainingStatus> olderGenerations() {
        PredecessorLink link = predecessor;
        return link == null ? List.of() : link.olderGenerations().status();
    }

    public boolean isPredecessorDead() {
        PredecessorLink link = predecessor;
        return link == null ? predecessorDied : link.isDead();
    }

    /// Says it, unless this process is on its own. A failure comes back as PeerLost.
    ///
    /// @return whether it is on its way
    public boolean send(Message message) {
        PredecessorLink link = predecessor;
        if (link == null) {
            return false;
        }
        if (message instanceof Message.Ready) {
            link.readAhead();
            loopPriority.begin();
        }
        return link.send(message);
    }

    /// Says what nobody waits for, as long as the predecessor is not one of the reaper.
    public void tell(Message message) {
        PredecessorLink link = predecessor;
        if (link != null) {
            link.tell(message);
        }
    }

    /// The rest of the cutover is no more urgent than the requests that it lets in.
    public void takes() {
        loopPriority.end();
        PredecessorLink link = predecessor;
        if (link != null) {
            link.olderGenerations().begin();
        }
    }

    /// Beats from now on, at once first: the predecessor does not commit without one.
    public void startBeating() {
        beating = true;
        owned.beat(true);
        beat();
    }

    public void stopBeating() {
        beating = false;
        owned.beat(false);
        if (health != null) {
            health.forget();
        }
        if (nextBeat != null) {
            nextBeat.cancel();
            nextBeat = null;
        }
    }

    /// On the loop's thread and by its timer alone: nothing that the application does may keep a beat from being sent.
    private void beat() {
        if (!beating) {
            return;
        }
        if (nextBeat != null) {
            nextBeat.cancel(); // there is one when there was no memory for all of this before
        }
        nextBeat = loop.schedule(interval, this::beat);
        if (health != null && pulse.asks()) {
            ask(health);
        } else {
            sendBeat();
        }
    }

    /// A question that could not be asked has no answer that could be waited for.
    private void ask(HealthInquiry inquiry) {
        try {
            inquiry.ask();
        } catch (VirtualMachineError e) {
            pulse.unasked();
            throw e;
        }
    }

    private void sendBeat() {
        Optional<Message> due = pulse.beat(System.nanoTime(), owned.latestStepNanos(), acceptingSince());
        PredecessorLink link = predecessor;
        if (due.isPresent() && link != null) {
            link.send(due.get());
        }
    }

    private final class Answered implements HealthInquiry.Asker {
        @Override
        public void healthy() {
            pulse.answered();
            sendBeat();
        }

        @Override
        public void ill(String why) {
            pulse.refused();
            events.post(new Event.ApplicationFailed("unhealthy on probation: " + why));
        }
    }

    private long acceptingSince() {
        long latest = 0;
        for (ManagedListener listener : owned.listeners()) {
            latest = Math.max(latest, listener.acceptingSinceNanos());
        }
        return latest;
    }

    public void becomeOwner(ProcessReaper reaper) {
        owned.makeOwn();
        streams.restore();
        outOfMemoryScore.ifPresent(score -> {
            try {
                posix.setOutOfMemoryScore(OwnProcess.pid(), score);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "this process stays the first to go when memory runs out", e);
            }
        });
        // Not before: until the commit the predecessor watches them, and would miss what is read here.
        older.forEach(one -> reaper.add(one, false));
        older = List.of();
        PredecessorLink link = predecessor;
        if (link != null) {
            predecessorDied = link.hasDied();
            link.leaveTo(reaper);
            predecessor = null;
        }
    }

    public void close() {
        stopBeating();
        if (predecessor != null) {
            predecessor.close();
        }
        streams.close();
        older.forEach(OtherGeneration::close);
    }
}
