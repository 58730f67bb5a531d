package dev.ecdysis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.Ecdysis;
import dev.ecdysis.Exit;
import dev.ecdysis.Listener;
import dev.ecdysis.Tcp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// The stub, as a user's test would use it.
class StubEcdysisTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    /// A user's program: it sends back what it gets.
    private static Exit run(Ecdysis ecdysis) {
        try (ecdysis) {
            Listener listener = ecdysis.listen("echo", Tcp.of("127.0.0.1", 0));
            listener.serve(connection -> {
                ByteBuffer buffer = ByteBuffer.allocate(100);
                while (connection.read(buffer) >= 0) {
                    connection.write(buffer.flip());
                    buffer.clear();
                }
            });
            ecdysis.ready();
            return ecdysis.awaitExit();
        } catch (AbandonedException e) {
            return new Exit.RolledBack(e.getMessage());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void echo(Socket socket) throws IOException {
        socket.getOutputStream().write(7);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
    }

    private static Socket connect(StubEcdysis stub) throws IOException {
        InetSocketAddress address = (InetSocketAddress) stub.listener("echo").localAddress();
        return new Socket(address.getAddress(), address.getPort());
    }

    @Test
    void connectionsOutliveAnUpgrade() throws Exception {
        StubEcdysis stub = StubEcdysis.firstGeneration();
        CompletableFuture<Exit> program = CompletableFuture.supplyAsync(() -> run(stub));
        assertThat(stub.awaitReady(LONG)).isTrue();
        try (Socket socket = connect(stub)) {
            echo(socket);
            stub.completeUpgrade(4711);
            assertThat(stub.isDraining()).isTrue();
            assertThatThrownBy(() -> connect(stub).close()).isInstanceOf(IOException.class);
            echo(socket);
            assertThat(program).isNotDone();
            assertThat(stub.awaitExit(Duration.ofMillis(1))).isEmpty();
        }
        assertThat(program.get()).isEqualTo(new Exit.Upgraded(4711, 0));
        assertThat(stub.awaitExit(Duration.ZERO)).contains(new Exit.Upgraded(4711, 0));
    }

    @Test
    void anAbandonedSuccessorIsTold() {
        assertThat(run(StubEcdysis.abandonedSuccessor("changed my mind")))
                .isEqualTo(new Exit.RolledBack("changed my mind"));
    }

    @Test
    void aSuccessorIsOneAndMayBeRolledBackOrStopped() throws Exception {
        assertThatThrownBy(() -> StubEcdysis.successor(0)).isInstanceOf(IllegalArgumentException.class);
        StubEcdysis stub = StubEcdysis.successor(3);
        CompletableFuture<Exit> program = CompletableFuture.supplyAsync(() -> run(stub));
        assertThat(stub.awaitReady(LONG)).isTrue();
        assertThat(stub.isSuccessor()).isTrue();
        assertThat(stub.generation()).isEqualTo(3);
        assertThat(stub.listener("echo").isInherited()).isTrue();
        stub.rollBack("unhealthy");
        assertThat(program.get()).isEqualTo(new Exit.RolledBack("unhealthy"));
        StubEcdysis stopped = StubEcdysis.firstGeneration();
        CompletableFuture<Exit> second = CompletableFuture.supplyAsync(() -> run(stopped));
        assertThat(stopped.awaitReady(LONG)).isTrue();
        stopped.stop();
        assertThat(second.get()).isEqualTo(new Exit.Stopped(0));
    }
}
