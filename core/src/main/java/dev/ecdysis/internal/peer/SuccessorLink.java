package dev.ecdysis.internal.peer;

import dev.ecdysis.internal.announce.Announcements;
import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.handover.Sign;
import dev.ecdysis.internal.inheritance.InheritanceWriter;
import dev.ecdysis.internal.inheritance.OtherGeneration;
import dev.ecdysis.internal.inheritance.Versions;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.options.Options;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.process.ForkHelper;
import dev.ecdysis.internal.process.PidfdId;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.procfs.Supervision;
import dev.ecdysis.internal.pump.EventQueue;
import dev.ecdysis.internal.scheduling.CompilerThreads;
import dev.ecdysis.internal.scheduling.LowPriorityBoot;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.transport.PeerClosedException;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The successor as its predecessor sees it: its process, what it says, and its end. On the loop's thread.
public final class SuccessorLink implements Receiver, Announcements.Words {
    private static final System.Logger LOG = Log.of(SuccessorLink.class);
    /// A process that ends closes its connection before its end can be seen. Then it is the end that counts: it comes with
    /// an exit status. Nobody waits for one that was not ready yet, and it may have closed its connection long before,
    /// as a JVM does that shuts down in order.
    private static final Duration END_FOLLOWS = Options.END_GRACE;
    /// The same once it was ready: connections may wait by then.
    private static final Duration END_FOLLOWS_AT_ONCE = Duration.ofMillis(100);
    /// Whatever a successor says: connections wait as long.
    private static final Duration LONGEST_STEP = Duration.ofHours(1);
    private static final Duration KILL_AGAIN = Duration.ofSeconds(1);

    private final Posix posix;
    private final EventLoop loop;
    private final EventQueue events;
    private final SuccessorProcess process;
    private final Duration heartbeatFreshness;
    private final Duration silence;
    private final FrameChannel channel;
    private final EventLoop.Watch frames;
    private EventLoop.Watch exit;
    /// Of the helper in between, as soon as that is not the one whose end tells of the successor's.
    private @Nullable ForkHelperWatch helper;
    private @Nullable InheritanceWriter handingOver;
    private @Nullable Runnable onFlushed;
    private Timers.@Nullable Handle disconnected;
    private Timers.@Nullable Handle nextKill;
    private boolean greeted;
    private boolean ready;
    private boolean stopping;
    private Optional<Duration> stepLimit = Optional.empty();
    private Optional<Duration> checkLimit = Optional.empty();
    private boolean died;
    private boolean handedOver;
    private long firstAcceptNanos;
    private @Nullable LowPriorityBoot boot;

    /// @param heartbeatFreshness how old a beat may be to tell of now
    /// @param silence how old it may be to be a sign of life
    public SuccessorLink(Posix posix, EventLoop loop, EventQueue events, SuccessorProcess process,
            Duration heartbeatFreshness, Duration silence) {
        this.posix = posix;
        this.loop = loop;
        this.events = events;
        this.process = process;
        this.heartbeatFreshness = heartbeatFreshness;
        this.silence = silence;
        this.channel = new FrameChannel(posix, process.socket(), Limits.STRANGER_FRAME);
        // Not before all is there: without memory this ends halfway, and is done anew.
        this.frames = loop.watch(channel.fd(), 0, this::onReady);
        this.exit = loop.watch(process.end(), 0, this::onExit);
        // Links the switches while the process starts: it waits for the answer to its first message.
        loop.execute(() -> take(new Incoming.Arrived(new Message.Unknown(0), List.of())));
        frames.interest(Linux.POLLIN);
        exit.interest(Linux.POLLIN);
    }

    public int pid() {
        return process.pid();
    }

    /// What the kernel calls it, as far as it does.
    public OptionalLong pidfdId() {
        return PidfdId.of(posix, process.pidfd());
    }

    public void bootLow(Duration atMost) {
        boot = new LowPriorityBoot(loop, new CompilerThreads(posix, process.pid()), atMost);
    }

    /// Whether it counts as much as this process from now on.
    private boolean raised() {
        return boot == null || died || boot.end();
    }

    /// How long its application may need to take hold, or to let go again, by its own word; older ones do not say.
    public Optional<Duration> stepLimit() {
        return stepLimit;
    }

    /// How long its health check may take, by its own word; older ones do not say.
    public Optional<Duration> checkLimit() {
        return checkLimit;
    }

    /// When its first accept was possible, by its own word; 0 when it has not said.
    public long firstAcceptNanos() {
        return firstAcceptNanos;
    }

    @Override
    public void await(Duration atMost) {
        process.lastWords().await(atMost);
    }

    /// What it wrote last.
    @Override
    public List<String> lines() {
        return process.lastWords().lines();
    }

    public boolean hasDied() {
        return died;
    }

    private void onReady() {
        try {
            flush();
            if (take(channel.receive())) {
                frames.again();
            }
            adjust();
        } catch (IOException e) {
            disconnected(String.valueOf(e.getMessage()));
        }
    }

    private void flush() throws IOException {
        try {
            channel.flush();
            handOn();
            flushed();
        } catch (PeerClosedException e) {
            LOG.log(System.Logger.Level.DEBUG, "nothing can be sent; what it said is still to be read", e);
        }
    }

    @Override
    public void ended() {
        disconnected("the new process closed its connection");
    }

    @Override
    public void torn(String reason) {
        if (!died) {
            lost("the connection to the new process broke: " + reason);
        }
    }

    @Override
    public void received(Message message) {
        switch (message) {
            case Message.Hello hello -> greeted(hello);
            case Message.Ready said -> {
                ready = true;
                stepLimit = limit(said.stepMillis());
                checkLimit = limit(said.checkMillis());
                events.post(new Event.ReadyArrived(said.claimed()));
            }
            case Message.Heartbeat(long firstAccept, long sent) -> heard(firstAccept, sent, true);
            case Message.Checking(long firstAccept, long sent) -> heard(firstAccept, sent, false);
            case Message.Paused paused -> events.post(new Event.PausedArrived());
            case Message.Fail fail -> events.post(new Event.FailArrived(OneLine.of(fail.reason())));
            case Message.Stop stop -> {
                stopping = true;
                events.post(new Event.StopArrived(OneLine.of(stop.reason())));
            }
            case Message.Signalled signalled -> events.post(Event.UpgradeAsked.ofSuccessor());
            // Unknown, or known and meaningless here: a later version may know better.
            default -> LOG.log(System.Logger.Level.DEBUG, "skipped {0}", message);
        }
    }

    private static Optional<Duration> limit(long millis) {
        return millis < 0 ? Optional.empty()
                : Optional.of(Duration.ofMillis(Math.min(millis, LONGEST_STEP.toMillis())));
    }

    /// @param content whether its health check is
    private void heard(long firstAccept, long sent, boolean content) {
        if (firstAcceptNanos == 0) {
            firstAcceptNanos = firstAccept;
        }
        if (raised()) {
            events.post(new Event.HeartbeatArrived(
                    Sign.of(System.nanoTime() - sent, content, heartbeatFreshness, silence)));
        } else {
            lost("the new process could not be given its priority back");
        }
    }

    private void greeted(Message.Hello hello) {
        if (greeted) {
            lost("the new process greeted twice");
        } else if (hello.lowestVersion() > Versions.HIGHEST || hello.highestVersion() < Versions.LOWEST) {
            lost("the new version speaks versions " + hello.lowestVersion() + " to " + hello.highestVersion()
                    + " of the handover, and this one " + Versions.LOWEST + " to " + Versions.HIGHEST
                    + "; stop the server and start the new version");
        } else if (hello.pid() != process.pid()) {
            // A launch script that starts the JVM as its child: its end would not be noticed, so it must exec.
            lost("the handover was taken up by process " + hello.pid() + " and not by process " + process.pid()
                    + " that was started; a launch script must exec the JVM");
        } else {
            Event arrived = new Event.HelloArrived();
            if (boot != null) {
                boot.booted();
            }
            channel.acceptLargeFrames();
            events.post(arrived);
            greeted = true;
        }
    }

    private void disconnected(String how) {
        frames.close();
        if (!died && disconnected == null) {
            disconnected = loop.schedule(ready ? END_FOLLOWS_AT_ONCE : END_FOLLOWS, () -> lost(how));
        }
    }

    private void cancelTimers() {
        if (boot != null) {
            boot.forget();
        }
        if (disconnected != null) {
            disconnected.cancel();
        }
        if (nextKill != null) {
            nextKill.cancel();
        }
    }

    private void lost(String how) {
        frames.close();
        events.post(new Event.PeerLost(how));
    }

    private void adjust() {
        frames.interest(channel.wantsWrite() ? Linux.POLLIN | Linux.POLLOUT : Linux.POLLIN);
    }

    /// Sends; a failure comes back as PeerLost, unless the new process has said that both have to stop.
    ///
    /// @return whether the message is on its way
    public boolean send(Message message, List<Fd> descriptors) {
        Optional<String> failure = trySend(message, descriptors);
        if (failure.isPresent() && !stopping) {
            events.post(new Event.PeerLost(failure.get()));
        }
        return failure.isEmpty();
    }

    /// Sends CUTOVER; a failure comes back as CutoverFailed instead.
    ///
    /// @return whether the message is on its way
    public boolean sendCutover() {
        Optional<String> failure = trySend(new Message.Cutover(), List.of());
        if (failure.isPresent()) {
            events.post(new Event.CutoverFailed(failure.get()));
        }
        return failure.isEmpty();
    }

    private Optional<String> trySend(Message message, List<Fd> descriptors) {
        try {
            channel.send(message, descriptors);
            adjust();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(unsent(e));
        }
    }

    private String unsent(IOException why) {
        if (why instanceof PeerClosedException) {
            readLastMessages();
        } else {
            frames.close();
        }
        return "the new process could not be told: " + why.getMessage();
    }

    /// Sends all that there is to inherit, as fast as the new process takes it. A failure comes back as PeerLost.
    public void handOver(InheritanceWriter everything) {
        handingOver = everything;
        try {
            handOn();
            adjust();
        } catch (IOException e) {
            String why = unsent(e);
            if (!stopping) {
                events.post(new Event.PeerLost(why));
            }
        }
    }

    private void handOn() throws IOException {
        if (handingOver != null) {
            handingOver.sendOn(channel);
        }
    }

    private void readLastMessages() {
        try {
            takeAll(channel);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "what the new process said last", e);
        }
    }

    /// Sends, and says when all of it is in the kernel's hands. A failure comes back as PeerLost.
    public void sendCompletely(Message message, Runnable done) {
        if (send(message, List.of())) {
            onFlushed = done;
            flushed();
        }
    }

    private void flushed() {
        if (!channel.wantsWrite()) {
            Runnable done = onFlushed;
            onFlushed = null;
            if (done != null) {
                done.run();
            }
        }
    }

    /// Sends what nobody waits for.
    public void tell(Message message) {
        tell(message, List.of());
    }

    /// The same with descriptors.
    ///
    /// @return whether it is on its way
    public boolean tell(Message message, List<Fd> descriptors) {
        try {
            channel.send(message, descriptors);
            adjust();
            return true;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the new process is not interested", e);
            return false;
        }
    }

    /// For a connection that has broken in one direction: it notices.
    public void hangUp() {
        frames.close();
        channel.close();
    }

    /// Nothing but its end leads on from here, so it is tried until that comes.
    public void kill() {
        if (!died) {
            raised(); // or its end may last
            cancelTimers();
            SuccessorProcess.kill(posix, process.pidfd());
            nextKill = loop.schedule(KILL_AGAIN, this::kill);
        }
    }

    private void onExit() {
        if (process.helper().isPresent() && helper == null && !ProcessReaper.hasEnded(posix, process.pidfd())) {
            watchedApart(process.helper().get()); // as at a stop, when systemd ends all that there is: the new one drains
            return;
        }
        died = true;
        cancelTimers();
        onReadyBeforeExit();
        exit.close();
        events.post(new Event.PeerDied(reap()));
    }

    /// What it said before it ended counts before its end.
    private void onReadyBeforeExit() {
        try {
            takeAll(channel);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "after the end of the new process", e);
        }
        frames.close();
    }

    /// From now on it is the service, and whoever supervises that has more use for its exit status than we.
    public void handOver() {
        handedOver = true;
    }

    /// Has it fall to whom orphans fall to, if there is a helper in between: systemd is to find it among its own children.
    ///
    /// @param then called when that is so
    public void orphan(Runnable then) {
        if (died || process.helper().isEmpty()) {
            then.run();
        } else {
            watchedApart(process.helper().get()).dismiss(then);
        }
    }

    /// From now on its own end tells of it, and nobody its exit status.
    private ForkHelperWatch watchedApart(ForkHelper between) {
        ForkHelperWatch made = helper;
        if (made == null) {
            exit.close();
            made = new ForkHelperWatch(posix, loop, between);
            helper = made;
            exit = loop.watch(process.pidfd(), 0, this::onExit);
            exit.interest(Linux.POLLIN);
        }
        return made;
    }

    /// Where somebody does, it is left to be collected by whom it falls to when this process has ended.
    private OptionalInt reap() {
        if (handedOver && Supervision.ofThisProcess().isPresent()) {
            return OptionalInt.empty();
        }
        try {
            return helper == null ? process.reap(posix) : OptionalInt.empty();
        } catch (PosixException e) {
            if (!e.is(Errno.ECHILD)) {
                LOG.log(System.Logger.Level.WARNING, e.getMessage());
            }
            return OptionalInt.empty();
        }
    }

    /// Stops watching; what is still open belongs to the reaper from now on, or is closed.
    public void leaveTo(ProcessReaper reaper, int generation, Duration patience) {
        raised();
        cancelTimers();
        frames.close();
        if (died) {
            exit.close();
            channel.close();
            closePidfds();
        } else {
            if (process.helper().isPresent()) {
                watchedApart(process.helper().get());
            }
            exit.close();
            long now = System.nanoTime();
            reaper.add(new OtherGeneration(generation, process.pid(), now, now + patience.toNanos(), channel,
                    process.pidfd()), true);
        }
    }

    public void close() {
        cancelTimers();
        frames.close();
        exit.close();
        channel.close();
        if (!died) {
            reap();
        }
        closePidfds();
    }

    private void closePidfds() {
        process.pidfd().close();
        if (helper == null && process.helper().isPresent()) {
            process.helper().get().pidfd().close();
        }
    }
}
