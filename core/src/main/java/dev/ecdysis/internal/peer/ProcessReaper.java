package dev.ecdysis.internal.peer;

import dev.ecdysis.internal.inheritance.OtherGeneration;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.status.DrainingStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The processes that this one must see the end of: older generations that drain, and successors that were not kept.
/// Each is watched by its pidfd and killed when it overstays. On the loop's thread.
public final class ProcessReaper {
    private static final System.Logger LOG = Log.of(ProcessReaper.class);

    private final Posix posix;
    private final EventLoop loop;
    private final Runnable onEnd;
    private final LongConsumer onRelayEnded;
    private final List<Member> members = new ArrayList<>();

    /// @param onEnd called when a member has ended
    /// @param onRelayEnded called with the pid of one that says that it reads no pipe any more
    public ProcessReaper(Posix posix, EventLoop loop, Runnable onEnd, LongConsumer onRelayEnded) {
        this.posix = posix;
        this.loop = loop;
        this.onEnd = onEnd;
        this.onRelayEnded = onRelayEnded;
    }

    private final class Member {
        private final OtherGeneration known;
        private final long pid;
        private final FrameChannel channel;
        private final boolean successor;
        private final EventLoop.Watch exit;
        private final EventLoop.Watch frames;
        private final Timers.Handle killer;
        private Optional<Duration> mostSilence = Optional.empty();
        private Timers.@Nullable Handle silence;
        private long remaining = -1;
        private List<String> waitsFor = List.of();

        private Member(OtherGeneration known, boolean successor) {
            this.known = known;
            this.pid = known.pid();
            this.channel = known.channel();
            this.successor = successor;
            // Not before all is there: without memory this ends halfway, and is done anew.
            this.exit = loop.watch(known.pidfd(), 0, this::ended);
            this.frames = loop.watch(channel.fd(), 0, this::listen);
            this.killer = loop.schedule(Duration.ofNanos(Math.max(0, known.killAt() - System.nanoTime())),
                    this::overstays);
        }

        private void join() {
            boolean joined = false;
            try {
                // What was read with the last message that its former reader took does not make the socket ready again.
                loop.execute(this::listenFirst);
                members.add(this);
                joined = true;
            } finally {
                if (!joined) {
                    killer.cancel();
                }
            }
            exit.interest(Linux.POLLIN);
            frames.interest(Linux.POLLIN);
        }

        private void listenFirst() {
            if (members.contains(this)) {
                listen();
            }
        }

        /// From now on it must tell of its drain, as whoever still runs does.
        private void expectNews(Optional<Duration> atMost) {
            mostSilence = atMost;
            if (silence != null) {
                silence.cancel();
            }
            silence = atMost.map(limit -> loop.patience(limit, () -> kill("is silent while it should stop")))
                    .orElse(null);
        }

        private void overstays() {
            kill("overstays its time");
        }

        private void kill(String why) {
            LOG.log(System.Logger.Level.WARNING,
                    "process " + pid + " of generation " + known.generation() + " " + why + ": killed");
            SuccessorProcess.kill(posix, known.pidfd());
        }

        /// The pidfd last: as long as it is open and watched, this comes again when there was no memory for all of it.
        private void ended() {
            listen();
            leave();
            members.remove(this);
            onEnd.run();
            known.pidfd().close();
            exit.close();
        }

        /// What it says matters only for status; what it does, its pidfd tells.
        private void listen() {
            try {
                for (Incoming next = channel.receive(); !(next instanceof Incoming.Nothing); next = channel.receive()) {
                    if (!(next instanceof Incoming.Arrived arrived)) {
                        hearsNoMore();
                        return;
                    }
                    arrived.closeDescriptors();
                    heard(arrived.message());
                }
            } catch (IOException e) {
                hearsNoMore();
                LOG.log(System.Logger.Level.DEBUG, "process " + pid, e);
            }
        }

        /// It cannot say any more that it reads no pipe, and it does not for long: it drains.
        private void hearsNoMore() {
            frames.interest(0);
            onRelayEnded.accept(pid);
        }

        private void heard(Message message) {
            // What the application does after its drain takes as long as it takes.
            expectNews(message instanceof Message.Drained ? Optional.empty() : mostSilence);
            if (message instanceof Message.Draining progress) {
                remaining = progress.remaining();
                waitsFor = progress.waitsFor();
            }
            if (message instanceof Message.RelayEnded) {
                onRelayEnded.accept(pid);
            }
        }

        private void leave() {
            killer.cancel();
            expectNews(Optional.empty());
            frames.close();
            reap(posix, known.pidfd());
            channel.close();
        }

        private void close() {
            exit.close();
            leave();
            known.pidfd().close();
        }

        private DrainingStatus status() {
            long now = System.nanoTime();
            return new DrainingStatus(known.generation(), pid, Duration.ofNanos(now - known.since()),
                    Duration.ofNanos(Math.max(0, known.killAt() - now)), remaining, waitsFor);
        }
    }

    /// Collects the exit status of a child; of anyone else there is none to collect.
    static void reap(Posix posix, Fd pidfd) {
        try {
            posix.waitid(pidfd);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, e.getMessage());
        }
    }

    /// Looks for itself, without a word from the loop.
    public static boolean hasEnded(Posix posix, Fd pidfd) {
        PollFd end = new PollFd(pidfd, Linux.POLLIN);
        try {
            posix.poll(List.of(end), 0);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a process cannot be seen", e);
        }
        return end.isReady();
    }

    /// Takes ownership of it. Without effect when it is known, because there was no memory for what had to follow.
    ///
    /// @param successor whether it is one that was not kept
    public void add(OtherGeneration known, boolean successor) {
        if (!watches(known.pid())) {
            new Member(known, successor).join();
        }
    }

    /// Kills it, also before its time, when it says nothing of its drain for so long.
    public void expectNews(long pid, Duration atMost) {
        for (Member member : members) {
            if (member.pid == pid) {
                member.expectNews(Optional.of(atMost));
            }
        }
    }

    /// Whoever drains: older generations, and successors that had served and were not kept. All of them need memory.
    public List<Long> drainingPids() {
        List<Long> pids = new ArrayList<>();
        for (Member member : members) {
            pids.add(member.pid);
        }
        return List.copyOf(pids);
    }

    public boolean watches(long pid) {
        return members.stream().anyMatch(member -> member.pid == pid);
    }

    public boolean isEmpty() {
        return members.isEmpty();
    }

    public List<DrainingStatus> status() {
        return members.stream().sorted(Comparator.comparingInt((Member member) -> member.known.generation()).reversed())
                .map(Member::status).toList();
    }

    /// For STANDING: what the older ones have said.
    public List<Message.OlderStanding> standing() {
        List<Message.OlderStanding> standing = new ArrayList<>();
        for (Member member : olderMembers()) {
            standing.add(new Message.OlderStanding(member.known.generation(), member.remaining, member.waitsFor));
        }
        return standing;
    }

    /// What a successor inherits.
    public List<OtherGeneration> older() {
        return olderMembers().stream().map(member -> member.known).toList();
    }

    private List<Member> olderMembers() {
        List<Member> older = new ArrayList<>();
        for (Member member : members) {
            if (!member.successor) {
                older.add(member);
            }
        }
        return older;
    }

    /// After a commit: the successor has its own descriptors of them, and watches them from now on.
    public void handOver() {
        for (Member member : olderMembers()) {
            member.close();
            members.remove(member);
        }
    }

    /// This process ends, and nobody else would end these: all, or only successors that were not kept.
    public void kill(boolean olderToo) {
        members.stream().filter(member -> olderToo || member.successor)
                .forEach(member -> member.kill("is still there when the server has stopped"));
    }

    public void close() {
        members.forEach(Member::close);
        members.clear();
    }
}
