package dev.ecdysis.internal.inheritance;

import dev.ecdysis.internal.launch.LaunchFile;
import dev.ecdysis.internal.output.StandardStream;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.Keeper;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.wire.LaunchCodec;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// Sends all that a successor inherits: WELCOME, the sockets of each listener, each older generation, and that this was
/// all. [InheritanceReader] takes it.
///
/// As fast as the successor reads, and no faster: what waits for it here are the descriptors that this process has anyway,
/// and not duplicates of them, so that there may be as many as files may be open.
public final class InheritanceWriter {
    private final Posix posix;
    private final int generation;
    private final Message.LaunchDescription launch;
    private final Fd self;
    private final Message.Settings settings;
    private final Deque<BoundSockets> listeners;
    private final Deque<OtherGeneration> older;
    private boolean welcomed;
    private boolean complete;
    private int socketsOfFirst;
    private int sockets;
    private int generations;

    /// @param generation the successor's
    /// @param launch what starts the next one
    /// @param self a pidfd of this process
    /// @param settings which hold for this handover
    public InheritanceWriter(Posix posix, int generation, Message.LaunchDescription launch, Fd self,
            Message.Settings settings, List<BoundSockets> listeners, List<OtherGeneration> older) {
        this.posix = posix;
        this.generation = generation;
        this.launch = launch;
        this.self = self;
        this.settings = settings;
        this.listeners = new ArrayDeque<>(listeners);
        this.older = new ArrayDeque<>(older);
    }

    /// Sends until all is on its way, or something has to wait: then it is called again when nothing waits any more.
    ///
    /// @throws IOException as [FrameChannel#send(Message, List)] does, or when something cannot be handed over any more
    public void sendOn(FrameChannel channel) throws IOException {
        while (!complete && !channel.wantsWrite()) {
            sendNext(channel);
        }
    }

    private void sendNext(FrameChannel channel) throws IOException {
        if (!welcomed) {
            welcome(channel);
            welcomed = true;
        } else if (!listeners.isEmpty()) {
            sendSockets(channel, listeners.element());
        } else if (!older.isEmpty()) {
            send(channel, older.remove());
        } else {
            channel.send(new Message.HandedOver(sockets, generations));
            complete = true;
        }
    }

    private void welcome(FrameChannel channel) throws IOException {
        if (LaunchCodec.fitsFrame(launch)) {
            welcome(channel, launch, List.of());
            return;
        }
        ByteBuffer content = LaunchCodec.encode(launch);
        int bytes = content.remaining();
        try (Fd file = LaunchFile.write(posix, content)) {
            welcome(channel, new Message.LaunchFile(bytes), List.of(file));
        }
    }

    private void welcome(FrameChannel channel, Message.Launch launched, List<Fd> file) throws IOException {
        Message welcome = new Message.Welcome(Versions.HIGHEST, generation, OwnProcess.pid(), launched, settings);
        Fd error = Fd.own(posix, StandardStream.ERROR.number());
        try {
            channel.send(welcome, file.isEmpty() ? List.of(self, error) : List.of(self, error, file.getFirst()));
        } finally {
            error.release();
        }
    }

    private void sendSockets(FrameChannel channel, BoundSockets listener) throws IOException {
        List<Fd> all = listener.sockets();
        List<Fd> part = all.subList(socketsOfFirst, Math.min(socketsOfFirst + Limits.DESCRIPTORS, all.size()));
        for (Fd socket : part) {
            if (!socket.isOpen()) {
                throw new IOException("listener " + listener.name() + " was closed while it was handed over");
            }
        }
        channel.send(new Message.Sockets(listener.name(), listener.kind().word(), listener.address(), listener.device(),
                listener.inode(), listener.control(), all.size(), part.size(), kept(listener)), part);
        sockets += part.size();
        socketsOfFirst += part.size();
        if (socketsOfFirst == all.size()) {
            listeners.remove();
            socketsOfFirst = 0;
        }
    }

    private static Optional<Message.Kept> kept(BoundSockets listener) {
        Optional<Keeper> keeper = listener.keeper();
        return keeper.isEmpty() ? Optional.empty()
                : Optional.of(new Message.Kept(keeper.get().word(), keeper.get().name()));
    }

    private void send(FrameChannel channel, OtherGeneration one) throws IOException {
        if (one.pidfd().isOpen() && one.channel().fd().isOpen()) { // else it has ended meanwhile
            channel.send(new Message.Older(one.generation(), one.pid(), one.since(), one.killAt()),
                    List.of(one.channel().fd(), one.pidfd()));
            generations++;
        }
    }
}
