package dev.ecdysis.internal.peer;

import dev.ecdysis.internal.control.PredecessorProcess;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.inheritance.Inheritance;
import dev.ecdysis.internal.inheritance.OtherGeneration;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.pump.EventQueue;
import dev.ecdysis.internal.scheduling.CompilerThreads;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.transport.PeerClosedException;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The predecessor as its successor sees it. On the loop's thread.
public final class PredecessorLink implements Receiver {
    private static final System.Logger LOG = Log.of(PredecessorLink.class);

    private final EventQueue events;
    private final Posix posix;
    private final Inheritance inheritance;
    private final OlderGenerations olderGenerations;
    private final FrameChannel channel;
    private final EventLoop.Watch frames;
    private final EventLoop.Watch exit;
    private boolean died;
    private boolean lost;
    private long drainDeadlineNanos;

    public PredecessorLink(Posix posix, EventLoop loop, EventQueue events, Inheritance inheritance) {
        this.posix = posix;
        this.events = events;
        this.inheritance = inheritance;
        this.olderGenerations = new OlderGenerations(posix, inheritance);
        this.channel = inheritance.channel();
        this.frames = loop.watch(channel.fd(), Linux.POLLIN, this::onReady);
        // Links the switches: the first message that they would see otherwise is the one that connections wait for.
        take(new Incoming.Arrived(new Message.Unknown(0), List.of()));
        this.exit = loop.watch(inheritance.predecessor(), Linux.POLLIN, this::onExit);
    }

    private void onReady() {
        try {
            flush();
            if (take(channel.receive())) {
                frames.again();
            }
            adjust();
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        }
    }

    private void flush() throws IOException {
        try {
            channel.flush();
        } catch (PeerClosedException e) {
            LOG.log(System.Logger.Level.DEBUG, "nothing can be sent; what it said is still to be read", e);
        }
    }

    /// So that the loop's thread has read once when CUTOVER comes: the first time takes longer, and connections wait.
    public void readAhead() {
        try {
            takeAll(channel);
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void ended() {
        lost("the predecessor closed its connection");
    }

    @Override
    public void torn(String reason) {
        lost("the connection to the predecessor broke: " + reason);
    }

    @Override
    public void received(Message message) {
        switch (message) {
            case Message.Cutover cutover -> events.post(new Event.CutoverArrived());
            case Message.Committed committed -> {
                drainDeadlineNanos = committed.drainDeadlineNanos();
                events.post(new Event.CommittedArrived(committed.upgradeAgain()));
            }
            case Message.Abandon abandon -> events.post(new Event.AbandonArrived(OneLine.of(abandon.reason())));
            case Message.Stop stop -> events.post(new Event.StopArrived(OneLine.of(stop.reason())));
            case Message.RelayEnded over -> inheritance.streams().unread();
            case Message.Standing told -> olderGenerations.told(told.older());
            default -> LOG.log(System.Logger.Level.DEBUG, "skipped {0}", message);
        }
    }

    private void lost(String how) {
        if (!lost) {
            lost = true;
            frames.close();
            events.post(new Event.PeerLost(how));
        }
    }

    private void adjust() {
        frames.interest(channel.wantsWrite() ? Linux.POLLIN | Linux.POLLOUT : Linux.POLLIN);
    }

    /// What it said before counts also when this cannot be sent, and comes before that.
    ///
    /// @return whether it is on its way
    public boolean send(Message message) {
        try {
            channel.send(message);
            adjust();
            return true;
        } catch (IOException e) {
            readLastMessages(e);
            lost("the predecessor could not be told: " + e.getMessage());
            return false;
        }
    }

    /// What a predecessor said before it closed the connection counts: after COMMITTED nobody else serves.
    private void readLastMessages(IOException failure) {
        if (failure instanceof PeerClosedException) {
            try {
                takeAll(channel);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "what the predecessor said last", e);
            }
        }
    }

    /// Sends what nobody waits for.
    public void tell(Message message) {
        if (!died) {
            try {
                channel.send(message);
                adjust();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the predecessor is not interested", e);
            }
        }
    }

    private void onExit() {
        try {
            takeAll(channel);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "after the end of the predecessor", e);
        }
        frames.close();
        exit.close();
        died = true;
        raiseOwnPriority();
        inheritance.streams().restore();
        inheritance.streams().unread();
        events.post(new Event.PeerDied(OptionalInt.empty()));
    }

    /// While it lives.
    public Optional<PredecessorProcess> predecessorProcess() {
        return died ? Optional.empty()
                : Optional.of(new PredecessorProcess(inheritance.predecessorPid(),
                        Duration.ofMillis(inheritance.settings().drainMillis())));
    }

    public OlderGenerations olderGenerations() {
        return olderGenerations;
    }

    public boolean hasDied() {
        return died;
    }

    /// Looks for itself: this process may end before the loop has come round to see it.
    public boolean isDead() {
        if (!died && inheritance.predecessor().isOpen()) {
            died = ProcessReaper.hasEnded(posix, inheritance.predecessor());
        }
        return died;
    }

    /// Nobody else can any more.
    private void raiseOwnPriority() {
        try {
            new CompilerThreads(posix, OwnProcess.pid()).raise();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "this process stays at low priority: {0}", e.getMessage());
        }
    }

    /// This process is on its own: the predecessor is watched by the reaper, or is forgotten if it is dead.
    public void leaveTo(ProcessReaper reaper) {
        frames.close();
        exit.close();
        if (died) {
            channel.close();
            inheritance.predecessor().close();
        } else {
            long now = System.nanoTime();
            long killAt = (drainDeadlineNanos == 0 ? now : drainDeadlineNanos) + Options.GRACE.toNanos();
            reaper.add(new OtherGeneration(inheritance.generation() - 1, inheritance.predecessorPid(), now, killAt,
                    channel, inheritance.predecessor()), false);
        }
    }

    public void close() {
        frames.close();
        exit.close();
        channel.close();
        inheritance.predecessor().close();
    }
}
