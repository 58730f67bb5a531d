package dev.ecdysis.internal.engine;

import dev.ecdysis.Exit;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.announce.Announcements;
import dev.ecdysis.internal.announce.Notifier;
import dev.ecdysis.internal.announce.PendingRequests;
import dev.ecdysis.internal.control.ControlServer;
import dev.ecdysis.internal.drain.DrainWatch;
import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.inheritance.Inheritance;
import dev.ecdysis.internal.inheritance.InheritanceReader;
import dev.ecdysis.internal.inheritance.InheritedStreams;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.launch.NextLaunch;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.loop.Timers;
import dev.ecdysis.internal.output.Relays;
import dev.ecdysis.internal.peer.Family;
import dev.ecdysis.internal.peer.PredecessorLink;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Received;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.preflight.Preflight;
import dev.ecdysis.internal.process.Signals;
import dev.ecdysis.internal.process.SuccessorProcess;
import dev.ecdysis.internal.pump.EventPump;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.registry.ManagedListener;
import dev.ecdysis.internal.registry.SocketFactory;
import dev.ecdysis.internal.resources.Holdings;
import dev.ecdysis.internal.resources.Listeners;
import dev.ecdysis.internal.resources.Resources;
import dev.ecdysis.internal.resources.StepRunner;
import dev.ecdysis.internal.scheduling.LoopPriority;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Message;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/// The classes that a start needs as soon as the system calls are linked. Loading them takes some 20 ms, and until then
/// the thread that starts the engine has nothing else to do.
///
/// One that is not listed, or cannot be loaded, is met a little later, and that is all.
final class PreloadedClasses {
    private static final System.Logger LOG = Log.of(PreloadedClasses.class);

    /// In the order in which they are needed.
    private static final List<Class<?>> CLASSES = List.of(Startup.class, Fd.class, Inheritance.class,
            InheritanceReader.class, FrameChannel.class, OwnProcess.class, PollFd.class, Received.class,
            BoundSockets.class,
            LaunchDescription.class, SocketFactory.class, Listeners.class, Resources.class, Notifier.class,
            LinkedBlockingQueue.class, Signals.class, EventLoop.class, Timers.class, EffectExecutor.class,
            Announcements.class,
            EventPump.class, PendingRequests.class, CompletableFuture.class, ServerView.class, ControlServer.class,
            ControlRequests.class, StepRunner.class, Holdings.class, Family.class, PredecessorSide.class,
            NextLaunch.class, Preflight.class, LoopPriority.class, SuccessorSide.class, PredecessorLink.class,
            SuccessorProcess.class,
            DrainWatch.class, Engine.class, ManagedListener.class, InheritedStreams.class, Relays.class,
            Message.Streams.class);
    /// A switch over these loads all that they permit.
    private static final List<Class<?>> SEALED = List.of(Incoming.class, SockAddr.class, Effect.class, Exit.class,
            UpgradeResult.class);

    private PreloadedClasses() {
    }

    static void load() {
        try {
            for (Class<?> one : CLASSES) {
                Class.forName(one.getName(), true, PreloadedClasses.class.getClassLoader());
            }
            for (Class<?> one : SEALED) {
                LOG.log(System.Logger.Level.TRACE, "loaded {0}", (Object) one.getPermittedSubclasses());
            }
        } catch (ClassNotFoundException | LinkageError e) {
            // On a system without /proc, say: start() goes on to find that out in its own way, and tells what to do.
            LOG.log(System.Logger.Level.DEBUG, "loading ahead", e);
        }
    }
}
