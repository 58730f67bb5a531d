package dev.ecdysis.internal.warmup;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.log.Log;
import java.util.List;

/// The classes that a start needs as soon as the system calls are linked. Loading them takes some 20 ms, and until then
/// the thread that starts the engine has nothing else to do.
///
/// By name, so that the rooms which they are in know this one and not the other way round. One that is not listed is met a
/// little later, and that is all.
final class PreloadedClasses {
    private static final System.Logger LOG = Log.of(PreloadedClasses.class);
    private static final String OURS = EcdysisException.class.getPackageName() + ".";

    /// In the order in which they are needed.
    static final List<String> CLASSES = List.of(
            "internal.engine.Startup", "internal.posix.Fd", "internal.inheritance.Inheritance",
            "internal.inheritance.InheritanceReader", "internal.transport.FrameChannel",
            "internal.posix.OwnProcess", "internal.posix.PollFd", "internal.posix.Received",
            "internal.registry.BoundSockets", "internal.launch.LaunchDescription",
            "internal.registry.SocketFactory", "internal.resources.Listeners", "internal.resources.Resources",
            "internal.announce.Notifier", "java.util.concurrent.LinkedBlockingQueue", "internal.process.Signals",
            "internal.loop.EventLoop", "internal.loop.Timers", "internal.engine.EffectExecutor",
            "internal.announce.Announcements", "internal.pump.EventPump", "internal.announce.PendingRequests",
            "java.util.concurrent.CompletableFuture", "internal.engine.ServerView",
            "internal.control.ControlServer", "internal.engine.ControlRequests", "internal.resources.StepRunner",
            "internal.resources.OwnedResources", "internal.peer.ProcessReaper", "internal.sides.PredecessorSide",
            "internal.launch.NextLaunch", "internal.preflight.Preflight", "internal.scheduling.LoopPriority",
            "internal.sides.SuccessorSide", "internal.peer.PredecessorLink", "internal.process.SuccessorProcess",
            "internal.drain.DrainWatch", "internal.engine.Engine", "internal.listener.ManagedListener",
            "internal.inheritance.InheritedStreams", "internal.output.Relays", "internal.wire.Message$Streams");
    /// A switch over these loads all that they permit.
    static final List<String> SEALED = List.of(
            "internal.transport.Incoming", "internal.posix.SockAddr", "internal.handover.Effect", "Exit",
            "UpgradeResult");

    private PreloadedClasses() {
    }

    static void load() {
        try {
            for (String one : CLASSES) {
                load(one);
            }
            for (String one : SEALED) {
                LOG.log(System.Logger.Level.TRACE, "loaded {0}", (Object) load(one).getPermittedSubclasses());
            }
        } catch (ClassNotFoundException | LinkageError e) {
            // On a system without /proc, say: start() goes on to find that out in its own way, and tells what to do.
            LOG.log(System.Logger.Level.DEBUG, "loading ahead", e);
        }
    }

    static Class<?> load(String name) throws ClassNotFoundException {
        return Class.forName(name.startsWith("java.") ? name : OURS + name, true,
                PreloadedClasses.class.getClassLoader());
    }
}
