package dev.ecdysis.internal.inheritance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.SocketFactory;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Both ends of a handover in one process, and what is handed over.
final class InheritanceTrip implements AutoCloseable {
    static final Message.Settings SETTINGS = new Message.Settings(1, 2, 3);

    final FaultingPosix posix = new FaultingPosix(LinuxPosix.open());
    final SocketFactory factory = new SocketFactory(posix);
    final InheritanceReader reader = new InheritanceReader(posix);
    final List<BoundSockets> listeners = new ArrayList<>();
    final List<OtherGeneration> older = new ArrayList<>();
    final Fd self;
    final FrameChannel theirs;
    final FrameChannel ours;
    private final List<Fd> ends = new ArrayList<>();

    InheritanceTrip() throws IOException {
        self = self();
        FdPair pair = posix.socketpair();
        theirs = new FrameChannel(posix, pair.first(), Limits.FRAME);
        ours = new FrameChannel(posix, pair.second(), Limits.FRAME);
    }

    Fd self() throws IOException {
        return posix.pidfdOpen((int) OwnProcess.pid());
    }

    OtherGeneration olderGeneration(int number) throws IOException {
        FdPair pair = posix.socketpair();
        ends.add(pair.second());
        OtherGeneration one = new OtherGeneration(number, 100 + number, -number, 1_000L * number,
                new FrameChannel(posix, pair.first(), Limits.FRAME), self());
        older.add(one);
        return one;
    }

    InheritanceWriter writer(Message.LaunchDescription launch) {
        return new InheritanceWriter(posix, 7, launch, self, SETTINGS, listeners, older);
    }

    /// Sends all, and takes it as it comes.
    ///
    /// @return how often something had to wait
    int handOver(InheritanceWriter writer) throws IOException {
        int waits = 0;
        writer.sendOn(theirs);
        while (true) {
            switch (ours.receive()) {
                case Incoming.Arrived arrived -> {
                    if (reader.take(arrived)) {
                        return waits;
                    }
                }
                case Incoming.Nothing() -> {
                    waits++;
                    theirs.flush();
                    writer.sendOn(theirs);
                }
                case Incoming end -> throw new IOException(end.toString());
            }
        }
    }

    /// Nothing may be left.
    @Override
    public void close() {
        reader.close();
        listeners.forEach(BoundSockets::unlinkIfOurs);
        listeners.forEach(BoundSockets::close);
        older.forEach(OtherGeneration::close);
        ends.forEach(Fd::close);
        theirs.close();
        ours.close();
        self.close();
        assertThat(posix.openDescriptors()).isEmpty();
    }
}
