package dev.ecdysis.internal.inheritance;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.transport.PeerClosedException;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// What a successor got with WELCOME.
///
/// @param channel the connection to the predecessor
/// @param predecessor its pidfd
/// @param streams what stdout and stderr were before the predecessor put pipes there, and those
/// @param listeners the sockets, the control socket among them
/// @param older the older generations that still drain, each with its connection and its pidfd
public record Inheritance(FrameChannel channel, int generation, long predecessorPid, Fd predecessor,
        InheritedStreams streams, List<BoundSockets> listeners, LaunchDescription launch, List<OtherGeneration> older,
        Message.Settings settings) {
    private static final Duration GREETING_LIMIT = Duration.ofSeconds(10);

    private static final System.Logger LOG = Log.of(Inheritance.class);

    public Inheritance {
        listeners = List.copyOf(listeners);
        older = List.copyOf(older);
    }

    /// Greets the predecessor and takes what it hands over. Takes ownership of the socket.
    ///
    /// @throws EcdysisException when the predecessor does not answer or refuses; nothing is kept
    public static Inheritance receive(Posix posix, Fd socket) throws EcdysisException {
        FrameChannel channel = new FrameChannel(posix, socket, Limits.STRANGER_FRAME);
        // We were started by it, and it proved to be our creator: what it sends may be large, with descriptors.
        channel.acceptLargeFrames();
        InheritedStreams streams = new InheritedStreams(posix);
        InheritanceReader reader = new InheritanceReader(posix);
        boolean received = false;
        try {
            greet(channel);
            await(posix, channel, streams, reader);
            Message.Welcome welcome = reader.welcome();
            Inheritance inheritance = new Inheritance(channel, welcome.generation(), welcome.predecessorPid(),
                    reader.predecessor(), streams, reader.listeners(), reader.launch(), reader.older(),
                    welcome.settings());
            streams.originalError(reader.error());
            received = true;
            return inheritance;
        } catch (IOException e) {
            throw e instanceof EcdysisException ours ? ours
                    : new EcdysisException("the handover from the predecessor failed: " + e.getMessage(), e);
        } finally {
            if (!received) {
                reader.close();
                channel.close();
                streams.leaveTheDead();
            }
        }
    }

    /// One that has ended meanwhile has said before where standard output and error lead.
    private static void greet(FrameChannel channel) throws IOException {
        try {
            channel.send(new Message.Hello(Versions.LOWEST, Versions.HIGHEST, OwnProcess.pid()));
        } catch (PeerClosedException e) {
            LOG.log(System.Logger.Level.DEBUG, "the predecessor has ended", e);
        }
    }

    private static void await(Posix posix, FrameChannel channel, InheritedStreams streams, InheritanceReader reader)
            throws IOException {
        long deadline = System.nanoTime() + GREETING_LIMIT.toNanos();
        while (true) {
            switch (channel.receive()) {
                case Incoming.Arrived arrived when InheritanceReader.isPart(arrived.message()) -> {
                    if (reader.take(arrived)) {
                        return;
                    }
                    deadline = System.nanoTime() + GREETING_LIMIT.toNanos(); // the more there is, the longer it takes
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

    /// Closes everything: for a start that fails after this.
    public void close() {
        channel.close();
        predecessor.close();
        streams.leaveTheDead();
        listeners.forEach(BoundSockets::close);
        older.forEach(OtherGeneration::close);
    }
}
