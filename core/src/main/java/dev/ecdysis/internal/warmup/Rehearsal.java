package dev.ecdysis.internal.warmup;

import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.nio.Adoption;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.resources.StepRunner;
import dev.ecdysis.internal.scheduling.CompilerThreads;
import dev.ecdysis.internal.thread.Survival;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Frame;
import dev.ecdysis.internal.wire.FrameReader;
import dev.ecdysis.internal.wire.LaunchCodec;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Does for the first time, and to no effect, what an upgrade does: what a JVM does for the first time takes
/// milliseconds, and at a cutover connections wait for it.
///
/// What fails here is logged, and changes nothing.
public final class Rehearsal {
    private static final System.Logger LOG = Log.of(Rehearsal.class);

    private Rehearsal() {
    }

    /// The part of a successor, while the system calls are linked on another thread.
    public static void asSuccessor() {
        PreloadedClasses.load();
        Adoption.rehearse();
        HandoverRehearsal.asSuccessor();
        StepRunner.rehearse();
        exchange(new Message.Ready(List.of("rehearsal"), 1, 0), 0);
        exchange(new Message.Cutover(), 0);
        exchange(new Message.Heartbeat(1, 1), 0);
        exchange(new Message.Committed(false, 1), 0);
    }

    /// The part of a predecessor, in the background, once this process serves alone: the next upgrade is then as quick
    /// as the second one would be, and needs no class that is not there yet.
    public static void asPredecessor(Posix posix, LaunchDescription launch, Supplier<Optional<String>> preflight) {
        Thread.ofPlatform().daemon().name("ecdysis-rehearsal").start(() -> {
            try {
                // Whoever needs a class of these for the first time while there is no memory has lost it for good.
                Survival.insist(() -> {
                    play(posix, launch);
                    LibraryClasses.load();
                });
                look(preflight); // which waits when the jar is new
            } catch (LinkageError | VirtualMachineError e) {
                LOG.log(System.Logger.Level.DEBUG, "without a rehearsal", e);
            }
        });
    }

    private static void play(Posix posix, LaunchDescription launch) {
        HandoverRehearsal.asPredecessor();
        exchange(new Message.Hello(1, 1, 1), 0);
        for (Message part : List.of(welcome(launch),
                new Message.Sockets("rehearsal", "stream", "unix:/", 0, 0, false, 1, 1),
                new Message.Older(0, 1, 0, 0), new Message.HandedOver(1, 1))) {
            exchange(part, part.descriptors());
        }
        lookForCompilers(posix);
    }

    private static void look(Supplier<Optional<String>> preflight) {
        Optional<String> obstacle = preflight.get();
        if (obstacle.isPresent()) {
            LOG.log(System.Logger.Level.DEBUG, "an upgrade would fail now: {0}", obstacle.get());
        }
    }

    /// This process' own are found, and are as they should be.
    private static void lookForCompilers(Posix posix) {
        try {
            if (CompilerThreads.obstacle(posix).isEmpty()) {
                new CompilerThreads(posix, OwnProcess.pid()).raise();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "without a rehearsal", e);
        }
    }

    private static Message welcome(LaunchDescription launch) {
        Message.LaunchDescription description = launch.toWire();
        return new Message.Welcome(1, 1, 1,
                LaunchCodec.fitsFrame(description) ? description : new Message.LaunchFile(1),
                new Message.Settings(0, 0, 0));
    }

    /// Encodes and decodes.
    private static void exchange(Message message, int descriptors) {
        try {
            ByteBuffer bytes = Codec.encode(message, descriptors);
            FrameReader reader = new FrameReader(Limits.FRAME);
            reader.feed(bytes);
            Optional<Frame> frame = reader.next();
            if (frame.isEmpty() || Codec.decode(frame.get()).getClass() != message.getClass()) {
                throw new IOException("a frame did not come through");
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "without a rehearsal", e);
        }
    }
}
