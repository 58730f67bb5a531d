package dev.ecdysis.testing;

import dev.ecdysis.Address;
import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Listener;
import dev.ecdysis.internal.accept.LiveConnections;
import dev.ecdysis.internal.accept.SelectorAcceptor;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.spi.Acceptor;
import dev.ecdysis.spi.Drainable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A listener of the stub: one channel of the JDK, never handed to anybody.
final class StubListener implements Listener {
    private static final System.Logger LOG = Log.of(StubListener.class);

    private final String name;
    private final Address address;
    private final Origin origin;
    private final StubSocket socket;
    private final ServerSocketChannel channel;
    private final SocketAddress localAddress;
    private final LiveConnections live = new LiveConnections();
    private @Nullable Acceptor acceptor;
    private @Nullable Drainable drainable;
    private boolean started;

    private StubListener(String name, Address address, boolean inherited, StubSocket socket) throws IOException {
        this.name = name;
        this.address = address;
        this.origin = inherited ? Origin.PREDECESSOR : Origin.BOUND_HERE;
        this.socket = socket;
        this.channel = socket.channel();
        this.localAddress = channel.getLocalAddress();
    }

    static StubListener open(String name, Address address, boolean inherited) throws EcdysisException {
        try {
            return new StubListener(name, address, inherited, StubSocket.open(address));
        } catch (IOException e) {
            throw new EcdysisException("listener " + name + " cannot be bound to " + address + ": " + e.getMessage(),
                    e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public SocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public void serve(ConnectionHandler handler) {
        use(new SelectorAcceptor(name, List.of(channel), handler, live), null);
    }

    @Override
    public ServerSocketChannel channel() {
        return channel;
    }

    @Override
    public List<ServerSocketChannel> channels() {
        return List.of(channel);
    }

    @Override
    public int[] duplicateDescriptors() {
        throw new UnsupportedOperationException("listener " + name
                + " of a stub has a channel of the JDK and no descriptors; test what takes descriptors with Ecdysis.builder()");
    }

    @Override
    public void register(Acceptor claimant) {
        claim(claimant, claimant instanceof Drainable both ? both : null);
    }

    @Override
    public void register(Acceptor claimant, Drainable counts) {
        claim(claimant, counts);
    }

    private void claim(Acceptor claimant, @Nullable Drainable counts) {
        use(new StubAcceptor(name, claimant), counts);
    }

    private synchronized void use(Acceptor claimant, @Nullable Drainable counts) {
        if (acceptor != null) {
            throw new IllegalStateException("listener " + name + " already has a handler or an acceptor");
        }
        acceptor = claimant;
        drainable = counts;
        if (started) {
            try {
                claimant.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// What counts the connections of an acceptor of the application's.
    synchronized Optional<Drainable> drainable() {
        return Optional.ofNullable(drainable);
    }

    synchronized void start() throws EcdysisException {
        started = true;
        if (acceptor != null) {
            try {
                acceptor.start();
            } catch (IOException e) {
                throw new EcdysisException("listener " + name + " cannot accept: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public long connections() {
        return live.count();
    }

    synchronized void closeChannels() {
        boolean accepting = started;
        started = false;
        try {
            if (acceptor != null && accepting) {
                acceptor.close();
            }
        } catch (RuntimeException e) { // a user's: what remains must be closed all the same
            LOG.log(System.Logger.Level.WARNING, "listener " + name + ": closing its acceptor", e);
        }
        socket.close();
    }

    void onEmpty(Runnable callback) {
        live.onEmpty(callback);
    }

    void cutOff() {
        live.closeAll();
    }
}
