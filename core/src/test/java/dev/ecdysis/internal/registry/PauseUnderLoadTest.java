package dev.ecdysis.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ecdysis.Address;
import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.Tcp;
import dev.ecdysis.Unix;
import dev.ecdysis.internal.listener.ManagedListener;
import dev.ecdysis.internal.posix.Fd;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two acceptors on one open file description, as in two generations, take turns while clients connect
/// without a break: no connection is lost, and the two never accept at once.
@Tag("slow")
@Timeout(120)
class PauseUnderLoadTest {
    private static final int TURNS = 1000;
    private static final int CLIENTS = 4;

    private final AtomicInteger strayed = new AtomicInteger();
    private final AtomicInteger servedByFirst = new AtomicInteger();
    private final AtomicInteger servedBySecond = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    @TempDir
    private Path folder;

    @Test
    void tcpLosesNothing() throws Exception {
        takeTurns(Tcp.of("127.0.0.1", 0));
    }

    @Test
    void aGroupLosesNothing() throws Exception {
        takeTurns(Tcp.of("127.0.0.1", 0).sockets(3));
    }

    @Test
    void unixLosesNothing() throws Exception {
        takeTurns(Unix.of(folder.resolve("s")));
    }

    private void takeTurns(Address address) throws Exception {
        ManagedListener first = Sockets.listen("first", address);
        ManagedListener second = Sockets.manage(duplicate(first.sockets()), address);
        List<ManagedListener> generations = List.of(first, second);
        first.serve(serve(servedByFirst));
        second.serve(serve(servedBySecond));
        first.start();
        second.start();
        second.pause();
        List<Thread> clients = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(() -> {
                try {
                    connectWithoutABreak(first.sockets());
                } catch (Throwable e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        long[] pauses = new long[2 * TURNS];
        for (int i = 0; i < pauses.length; i++) {
            ManagedListener giving = generations.get(i % 2);
            ManagedListener taking = generations.get((i + 1) % 2);
            long began = System.nanoTime();
            giving.pause();
            pauses[i] = System.nanoTime() - began;
            while (giving.connections() > 0) { // of which it may be that no thread has run yet
                Thread.onSpinWait();
            }
            int accepted = served(i).get();
            taking.resume();
            if (i % 100 == 0) {
                long before = answered.get();
                await().until(() -> answered.get() > before);
            }
            if (giving.connections() > 0 || served(i).get() != accepted) {
                strayed.incrementAndGet();
            }
        }
        over.set(true);
        for (Thread client : clients) {
            client.join();
        }
        Arrays.sort(pauses);
        System.out.printf("%s: %d connections, pause median %d us, p99 %d us, longest %d us%n", address,
                answered.get(), pauses[TURNS] / 1000, pauses[TURNS * 2 * 99 / 100] / 1000,
                pauses[pauses.length - 1] / 1000);
        assertThat(failures).isEmpty();
        assertThat(strayed).hasValue(0);
        assertThat(servedByFirst.get() + servedBySecond.get()).isEqualTo(answered.get());
        assertThat(answered).hasValueGreaterThan(TURNS / 10);
        await().until(() -> first.connections() + second.connections() == 0);
        first.closeSockets();
        for (Fd socket : second.sockets().sockets()) { // one generation's end must not disturb the other
            assertThat(Sockets.isNonBlocking(socket)).isTrue();
        }
        second.closeSockets();
    }

    private static BoundSockets duplicate(BoundSockets sockets) throws IOException {
        List<Fd> duplicates = new ArrayList<>();
        for (Fd socket : sockets.sockets()) {
            duplicates.add(Sockets.POSIX.duplicate(socket));
        }
        return BoundSockets.inherited(Sockets.POSIX, "second", sockets.kind(), sockets.address(), sockets.device(),
                sockets.inode(), false, null, duplicates);
    }

    private AtomicInteger served(int turn) {
        return turn % 2 == 0 ? servedByFirst : servedBySecond;
    }

    private static ConnectionHandler serve(AtomicInteger served) {
        return connection -> {
            served.incrementAndGet();
            Sockets.answer(connection);
        };
    }

    private void connectWithoutABreak(BoundSockets sockets) throws IOException {
        while (!over.get()) {
            try (SocketChannel client = Sockets.connect(sockets)) {
                if (!Sockets.isAnswered(client)) {
                    throw new IOException("a connection was lost");
                }
                answered.incrementAndGet();
            }
        }
    }
}
