package dev.ecdysis.it.program;

import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.Listener;
import dev.ecdysis.spi.Acceptor;
import dev.ecdysis.spi.DrainContext;
import dev.ecdysis.spi.Drainable;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A server that accepts and counts by itself, as frameworks do: with a selector, from the one channel that it asked
/// for when it began. It says what the library does to it, and whether the channel is still what it was.
final class OwnAcceptor implements Acceptor, Drainable {
    private final Listener listener;
    private final ConnectionHandler handler;
    private final ServerSocketChannel channel;
    private final Selector selector;
    private final Faults faults;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
    /// Guarded by this: between connections it may be taken away.
    private boolean accepting;

    OwnAcceptor(Listener listener, ConnectionHandler handler, Faults faults) throws IOException {
        this.listener = listener;
        this.faults = faults;
        this.handler = handler;
        this.channel = listener.channel();
        this.selector = Selector.open();
    }

    @Override
    public void start() throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, 0);
        Thread.ofPlatform().daemon().name("own-acceptor").start(this::run);
        accept("start", true);
    }

    @Override
    public void pause() throws IOException {
        faults.mayFail("pause");
        accept("pause", false);
    }

    @Override
    public void resume() throws IOException {
        faults.mayFail("resume");
        accept("resume", true);
    }

    /// The same acceptor, of which nobody is told what it has left.
    Acceptor withoutCounting() {
        return new Acceptor() {
            @Override
            public void start() throws IOException {
                OwnAcceptor.this.start();
            }

            @Override
            public void pause() throws IOException {
                OwnAcceptor.this.pause();
            }

            @Override
            public void resume() throws IOException {
                OwnAcceptor.this.resume();
            }

            @Override
            public void close() {
                OwnAcceptor.this.close();
            }
        };
    }

    private void accept(String call, boolean on) {
        synchronized (this) {
            accepting = on;
            channel.keyFor(selector).interestOps(on ? SelectionKey.OP_ACCEPT : 0);
        }
        selector.wakeup();
        tell(call);
    }

    @Override
    public void close() {
        faults.mayHang("close");
        tell("close");
        try {
            selector.close();
        } catch (IOException e) {
            Program.say("own acceptor: " + e);
        }
    }

    private void tell(String call) {
        Program.say("acceptor " + call + " " + listener.name() + " pid=" + ProcessHandle.current().pid() + " same="
                + channel.equals(listener.channel()) + " open=" + channel.isOpen());
    }

    private void run() {
        try {
            while (true) {
                selector.select();
                selector.selectedKeys().clear();
                acceptAll();
            }
        } catch (ClosedSelectorException e) {
            // As it should end.
        } catch (IOException e) {
            Program.say("own acceptor: " + e);
        }
    }

    private synchronized void acceptAll() throws IOException {
        while (accepting) {
            SocketChannel connection = channel.accept();
            if (connection == null) {
                return;
            }
            connections.add(connection);
            Thread.ofVirtual().start(() -> serve(connection));
        }
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            handler.handle(connection);
        } catch (Exception e) {
            // The client finds out, and the tests ask it.
        } finally {
            connections.remove(connection);
        }
    }

    @Override
    public String name() {
        return "own";
    }

    @Override
    public long remaining() {
        return connections.size();
    }

    @Override
    public void drain(DrainContext context) {
        // The answers do, one by one.
    }

    @Override
    public void cutOff() {
        for (SocketChannel connection : connections) {
            try {
                connection.close();
            } catch (IOException e) {
                Program.say("own acceptor: " + e);
            }
        }
    }
}
