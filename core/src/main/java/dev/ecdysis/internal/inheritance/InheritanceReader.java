package dev.ecdysis.internal.inheritance;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.launch.LaunchFile;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.transport.FrameChannel;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Limits;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes what an [InheritanceWriter] sends, message by message, and believes none of it: the order, the counts and the names
/// are checked here, and each socket against the kernel. How much may come is bounded by the files that may be open, for
/// nothing is kept that has no descriptor of its own.
final class InheritanceReader {
    private final Posix posix;
    private final ListenersReader listeners;
    private final List<OtherGeneration> older = new ArrayList<>();
    private Message.@Nullable Welcome welcome;
    private @Nullable LaunchDescription launch;
    private @Nullable Fd predecessor;
    private @Nullable Fd error;

    public InheritanceReader(Posix posix) {
        this.posix = posix;
        this.listeners = new ListenersReader(posix);
    }

    /// Whether a message is for [#take].
    public static boolean isPart(Message message) {
        return message instanceof Message.Welcome || message instanceof Message.Sockets
                || message instanceof Message.Older
                || message instanceof Message.HandedOver;
    }

    /// Takes the next part, and ownership of its descriptors.
    ///
    /// @return whether that was all
    /// @throws EcdysisException when it is not what may come here. What came before stays open until [#close()]
    public boolean take(Incoming.Arrived arrived) throws IOException {
        List<Fd> own = new ArrayList<>(arrived.descriptors());
        try {
            return take(arrived.message(), own);
        } finally {
            ListenersReader.closeAll(own);
        }
    }

    /// @param own what is kept is taken out of it
    @SuppressWarnings("IfChainToSwitch") // which a start would have to link
    private boolean take(Message message, List<Fd> own) throws IOException {
        if ((welcome == null) != (message instanceof Message.Welcome)) {
            throw new EcdysisException(welcome == null ? "the predecessor handed something over before it said WELCOME"
                    : "the predecessor said WELCOME twice");
        }
        if (!(message instanceof Message.Sockets)) {
            listeners.checkComplete();
        }
        if (message instanceof Message.Welcome said) {
            welcomed(said, own);
        } else if (message instanceof Message.Sockets some) {
            listeners.take(some, own);
        } else if (message instanceof Message.Older one) {
            older(one, own);
        } else if (message instanceof Message.HandedOver end) {
            checkSums(end);
            return true;
        } else {
            throw new IllegalArgumentException("no part of what is handed over: " + message);
        }
        return false;
    }

    private void welcomed(Message.Welcome said, List<Fd> own) throws IOException {
        if (said.version() < Versions.LOWEST || said.version() > Versions.HIGHEST) {
            throw new EcdysisException("the predecessor chose version " + said.version()
                    + " of the handover, which this version does not speak");
        }
        launch = said.launch() instanceof Message.LaunchFile file
                ? LaunchDescription.of(LaunchFile.read(posix, own.getLast(), file))
                : LaunchDescription.of((Message.LaunchDescription) said.launch());
        welcome = said;
        predecessor = own.removeFirst();
        error = own.removeFirst();
    }

    private void older(Message.Older one, List<Fd> own) {
        Fd pidfd = own.removeLast();
        older.add(new OtherGeneration(one.generation(), one.pid(), one.drainingSinceNanos(), one.killAtNanos(),
                new FrameChannel(posix, own.removeLast(), Limits.FRAME), pidfd));
    }

    private void checkSums(Message.HandedOver end) throws EcdysisException {
        if (end.sockets() != listeners.sockets() || end.older() != older.size()) {
            throw new EcdysisException("the predecessor says that it handed over " + end.sockets() + " sockets and "
                    + end.older() + " older generations, and " + listeners.sockets() + " and " + older.size()
                    + " came");
        }
    }

    public Message.Welcome welcome() {
        return there(welcome);
    }

    /// What starts the next generation.
    public LaunchDescription launch() {
        return there(launch);
    }

    /// The predecessor's pidfd.
    public Fd predecessor() {
        return there(predecessor);
    }

    /// What standard error was before the predecessor put a pipe there.
    public Fd error() {
        return there(error);
    }

    /// In the order in which they came, the control socket among them.
    public List<BoundSockets> listeners() {
        return listeners.all();
    }

    /// Those that still drain.
    public List<OtherGeneration> older() {
        return List.copyOf(older);
    }

    private static <T> T there(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("nothing has been handed over");
        }
        return part;
    }

    /// Closes all that came: for a handover that fails.
    public void close() {
        listeners.close();
        older.forEach(OtherGeneration::close);
        for (Fd one : new @Nullable Fd[] {predecessor, error}) {
            if (one != null) {
                one.close();
            }
        }
    }
}
