package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.control.OtherSide;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.inheritance.OtherGeneration;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.CompilerThreads;
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
final class PredecessorLink implements Receiver {
    private static final System.Logger LOG = Log.of(PredecessorLink.class);

    private final Mailbox mailbox;
    private final Posix posix;
    private final Inheritance inheritance;
    private final Elders elders;
    private final FrameChannel channel;
    private final EventLoop.Watch frames;
    private final EventLoop.Watch exit;
    private boolean died;
    private boolean lost;
    private boolean givenAway;
    private long drainDeadlineNanos;

    PredecessorLink(Posix posix, EventLoop loop, Mailbox mailbox, Inheritance inheritance) {
        this.posix = posix;
        this.mailbox = mailbox;
        this.inheritance = inheritance;
        this.elders = new Elders(posix, inheritance);
        this.channel = inheritance.channel();
        this.frames = loop.watch(channel.fd(), Linux.POLLIN, this::onReady);
        // Links the switches: the first message that they would see otherwise is the one that connections wait for.
        take(new Incoming.Arrived(new Message.Unknown(0), List.of()));
        this.exit = loop.watch(inheritance.predecessor(), Linux.POLLIN, this::onExit);
    }

    private void onReady() {
        try {
            flush();
            receiveAll();
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
    void readAhead() {
        onReady();
    }

    private void receiveAll() throws IOException {
        boolean more = true;
        while (more && !givenAway) {
            more = take(channel.receive());
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
            case Message.Cutover cutover -> mailbox.post(new Event.CutoverArrived());
            case Message.Committed committed -> {
                drainDeadlineNanos = committed.drainDeadlineNanos();
                mailbox.post(new Event.CommittedArrived(committed.upgradeAgain()));
            }
            case Message.Abandon abandon -> mailbox.post(new Event.AbandonArrived(OneLine.of(abandon.reason())));
            case Message.Stop stop -> mailbox.post(new Event.StopArrived(OneLine.of(stop.reason())));
            case Message.RelayEnded over -> inheritance.streams().unread();
            case Message.Standing told -> elders.told(told.older());
            default -> LOG.log(System.Logger.Level.DEBUG, "skipped {0}", message);
        }
    }

    private void lost(String how) {
        if (!givenAway && !lost) {
            lost = true;
            frames.close();
            mailbox.post(new Event.PeerLost(how));
        }
    }

    private void adjust() {
        if (!givenAway) {
            frames.interest(channel.wantsWrite() ? Linux.POLLIN | Linux.POLLOUT : Linux.POLLIN);
        }
    }

    void send(Message message) {
        try {
            channel.send(message);
            adjust();
        } catch (IOException e) {
            readLastMessages(e);
            if (!lost) {
                lost = true;
                frames.close();
                mailbox.answer(new Event.PeerLost("the predecessor could not be told: " + e.getMessage()));
            }
        }
    }

    /// What a predecessor said before it closed the connection counts: after COMMITTED nobody else serves.
    private void readLastMessages(IOException failure) {
        if (failure instanceof PeerClosedException) {
            try {
                receiveAll();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "what the predecessor said last", e);
            }
        }
    }

    /// Sends what nobody waits for.
    void tell(Message message) {
        if (!died && !givenAway) {
            try {
                channel.send(message);
                adjust();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the predecessor is not interested", e);
            }
        }
    }

    /// Outside of any step: a failure is an event of its own.
    void sendBeat(Message beat) {
        try {
            channel.send(beat);
            adjust();
        } catch (IOException e) {
            readLastMessages(e);
            lost("the predecessor could not be told: " + e.getMessage());
        }
    }

    private void onExit() {
        try {
            receiveAll();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "after the end of the predecessor", e);
        }
        if (!givenAway) {
            frames.close();
            exit.close();
            died = true;
            raiseOwnPriority();
            inheritance.streams().restore();
            inheritance.streams().unread();
            mailbox.post(new Event.PeerDied(OptionalInt.empty()));
        }
    }

    /// While it lives and is no older generation yet.
    Optional<OtherSide> otherSide() {
        return died || givenAway ? Optional.empty()
                : Optional.of(new OtherSide(inheritance.predecessorPid(),
                        Duration.ofMillis(inheritance.settings().drainMillis())));
    }

    Elders elders() {
        return elders;
    }

    /// Looks for itself: this process may end before the loop has come round to see it.
    boolean isDead() {
        if (!died && !givenAway && inheritance.predecessor().isOpen()) {
            died = Family.hasEnded(posix, inheritance.predecessor());
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

    /// This process is on its own: the predecessor becomes a member of the family, or is forgotten if it is dead.
    void leaveTo(Family family) {
        givenAway = true;
        frames.close();
        exit.close();
        if (died) {
            channel.close();
            inheritance.predecessor().close();
        } else {
            long now = System.nanoTime();
            long killAt = (drainDeadlineNanos == 0 ? now : drainDeadlineNanos) + Options.GRACE.toNanos();
            family.add(new OtherGeneration(inheritance.generation() - 1, inheritance.predecessorPid(), now, killAt,
                    channel, inheritance.predecessor()), false);
        }
    }

    void close() {
        if (!givenAway) {
            frames.close();
            exit.close();
            channel.close();
            inheritance.predecessor().close();
        }
    }
}
