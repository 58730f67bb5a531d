package dev.ecdysis.testing;

import dev.ecdysis.Address;
import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Listener;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.accept.LiveConnections;
import dev.ecdysis.internal.accept.SelectorAcceptor;
import dev.ecdysis.spi.Acceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A listener of the stub: one channel of the JDK, never handed to anybody.
final class StubListener implements Listener {
    private final String name;
    private final Address address;
    private final boolean inherited;
    private final ServerSocketChannel channel;
    private final SocketAddress localAddress;
    private final LiveConnections live = new LiveConnections();
    private @Nullable Acceptor acceptor;
    private boolean started;

    private StubListener(String name, Address address, boolean inherited, ServerSocketChannel channel)
            throws IOException {
        this.name = name;
        this.address = address;
        this.inherited = inherited;
        this.channel = channel;
        this.localAddress = channel.getLocalAddress();
    }

    static StubListener open(String name, Address address, boolean inherited) throws EcdysisException {
        try {
            ServerSocketChannel channel = switch (address) {
                case Tcp tcp -> ServerSocketChannel.open().bind(new InetSocketAddress(tcp.host(), tcp.port()),
                        tcp.backlog());
                case Unix unix -> ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                        .bind(UnixDomainSocketAddress.of(unix.path()), unix.backlog());
            };
            return new StubListener(name, address, inherited, channel);
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
    public boolean isInherited() {
        return inherited;
    }

    @Override
    public void accept(ConnectionHandler handler) {
        register(new SelectorAcceptor(name, List.of(channel), handler, live));
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
    public synchronized void register(Acceptor claimant) {
        if (acceptor != null) {
            throw new IllegalStateException("listener " + name + " already has a handler or an acceptor");
        }
        acceptor = claimant;
        if (started) {
            try {
                claimant.start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
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
        if (acceptor != null && started) {
            acceptor.close();
        }
        started = false;
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitConnections() {
        CompletableFuture<Boolean> none = new CompletableFuture<>();
        live.onEmpty(() -> none.complete(true));
        none.join();
    }

    void cutOff() {
        live.closeAll();
    }
}
