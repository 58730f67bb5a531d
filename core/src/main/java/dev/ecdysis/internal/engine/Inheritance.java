package dev.ecdysis.internal.engine;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.process.LaunchDescription;
import dev.ecdysis.internal.process.LaunchFile;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.transport.PeerClosedException;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a successor got with WELCOME.
///
/// @param channel the connection to the predecessor
/// @param predecessor its pidfd
/// @param streams what stdout and stderr were before the predecessor put pipes there, and those
/// @param listeners the sockets, the control socket among them
/// @param older the older generations that still drain, each with its connection and its pidfd
record Inheritance(FrameChannel channel, int generation, long predecessorPid, Fd predecessor,
        InheritedStreams streams, List<BoundSockets> listeners, LaunchDescription launch, List<Older> older,
        Message.Settings settings) {
    private static final Duration GREETING_LIMIT = Duration.ofSeconds(10);

    /// An older generation as it was handed on.
    record Older(Message.OlderGeneration known, FrameChannel channel, Fd pidfd) {
        void close() {
            channel.close();
            pidfd.close();
        }
    }

    private static final System.Logger LOG = Log.of(Inheritance.class);

    Inheritance {
        listeners = List.copyOf(listeners);
        older = List.copyOf(older);
    }

    /// Greets the predecessor and takes what it hands over. Takes ownership of the socket.
    ///
    /// @throws EcdysisException when the predecessor does not answer or refuses; nothing is kept
    static Inheritance receive(Posix posix, Fd socket) throws EcdysisException {
        FrameChannel channel = new FrameChannel(posix, socket, Limits.STRANGER_FRAME);
        // We were started by it, and it proved to be our creator: what it sends may be large, with descriptors.
        channel.acceptLargeFrames();
        InheritedStreams streams = new InheritedStreams(posix);
        boolean received = false;
        try {
            greet(channel);
            Inheritance inheritance = open(posix, channel, await(posix, channel, streams), streams);
            received = true;
            return inheritance;
        } catch (IOException e) {
            throw e instanceof EcdysisException ours ? ours
                    : new EcdysisException("the handover from the predecessor failed: " + e.getMessage(), e);
        } finally {
            if (!received) {
                channel.close();
                streams.leaveTheDead();
            }
        }
    }

    /// One that has ended meanwhile has said before where standard output and error lead.
    private static void greet(FrameChannel channel) throws IOException {
        try {
            channel.send(new Message.Hello(SuccessorLink.LOWEST_VERSION, SuccessorLink.HIGHEST_VERSION,
                    OwnProcess.pid()));
        } catch (PeerClosedException e) {
            LOG.log(System.Logger.Level.DEBUG, "the predecessor has ended", e);
        }
    }

    private static Incoming.Arrived await(Posix posix, FrameChannel channel, InheritedStreams streams)
            throws IOException {
        long deadline = System.nanoTime() + GREETING_LIMIT.toNanos();
        while (true) {
            switch (channel.receive()) {
                case Incoming.Arrived arrived when arrived.message() instanceof Message.Welcome -> {
                    return arrived;
                }
                case Incoming.Arrived arrived when arrived.message() instanceof Message.Streams some ->
                    streams.arrived(some, arrived.descriptors());
                case Incoming.Arrived arrived when arrived.message() instanceof Message.Abandon abandon -> {
                    arrived.closeDescriptors();
                    throw new EcdysisException("the predecessor gave the upgrade up: " + OneLine.of(abandon.reason()));
                }
                case Incoming.Arrived arrived when arrived.message() instanceof Message.Stop stop -> {
                    arrived.closeDescriptors();
                    throw new EcdysisException("the server is stopping: " + OneLine.of(stop.reason()));
                }
                case Incoming.Arrived arrived -> arrived.closeDescriptors();
                case Incoming.EndOfStream end ->
                    throw new EcdysisException("the predecessor closed the connection before it handed over");
                case Incoming.Torn torn -> throw new EcdysisException("the handover broke: " + torn.reason());
                case Incoming.Nothing nothing -> poll(posix, channel, deadline);
            }
        }
    }

    private static void poll(Posix posix, FrameChannel channel, long deadline) throws IOException {
        long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
            throw new EcdysisException(
                    "the predecessor did not hand over within " + GREETING_LIMIT.toSeconds() + " s");
        }
        posix.poll(List.of(new PollFd(channel.fd(), Linux.POLLIN)), (int) left);
    }

    private static Inheritance open(Posix posix, FrameChannel channel, Incoming.Arrived arrived,
            InheritedStreams streams) throws IOException {
        Message.Welcome welcome = (Message.Welcome) arrived.message();
        List<Fd> unclaimed = new ArrayList<>(arrived.descriptors());
        List<BoundSockets> listeners = new ArrayList<>();
        boolean opened = false;
        try {
            if (welcome.version() < SuccessorLink.LOWEST_VERSION || welcome.version() > SuccessorLink.HIGHEST_VERSION) {
                throw new EcdysisException("the predecessor chose version " + welcome.version()
                        + " of the handover, which this version does not speak");
            }
            LaunchDescription launch = launch(posix, welcome.launch(), unclaimed);
            int next = 2;
            for (Message.InheritedListener listener : welcome.listeners()) {
                List<Fd> sockets = arrived.descriptors().subList(next, next + listener.sockets());
                unclaimed.removeAll(sockets);
                listeners.add(BoundSockets.inherited(posix, listener.name(), listener.address(), listener.device(),
                        listener.inode(), listener.control(), sockets));
                next += listener.sockets();
            }
            Inheritance inheritance = new Inheritance(channel, welcome.generation(), welcome.predecessorPid(),
                    arrived.descriptors().get(0), streams, listeners,
                    launch,
                    older(posix, welcome, arrived.descriptors().subList(next, next + 2 * welcome.older().size())),
                    welcome.settings());
            streams.originalError(arrived.descriptors().get(1));
            opened = true;
            return inheritance;
        } finally {
            if (!opened) {
                listeners.forEach(BoundSockets::close);
                unclaimed.forEach(Fd::close);
            }
        }
    }

    /// @param descriptors all of them; the last is closed and removed, if the launch description is in it
    private static LaunchDescription launch(Posix posix, Message.Launch launch, List<Fd> descriptors)
            throws IOException {
        if (!(launch instanceof Message.LaunchFile said)) {
            return LaunchDescription.of((Message.LaunchDescription) launch);
        }
        try (Fd file = descriptors.removeLast()) {
            return LaunchDescription.of(LaunchFile.read(posix, file, said));
        }
    }

    private static List<Older> older(Posix posix, Message.Welcome welcome, List<Fd> descriptors) {
        List<Older> older = new ArrayList<>();
        int count = welcome.older().size();
        for (int i = 0; i < count; i++) {
            older.add(new Older(welcome.older().get(i),
                    new FrameChannel(posix, descriptors.get(i), Limits.FRAME), descriptors.get(count + i)));
        }
        return older;
    }

    /// Closes everything: for a start that fails after this.
    void close() {
        channel.close();
        predecessor.close();
        streams.leaveTheDead();
        listeners.forEach(BoundSockets::close);
        older.forEach(Older::close);
    }
}
