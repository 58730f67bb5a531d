package dev.ecdysis.internal.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveConnectionsTest {
    /// A close without memory takes another way, which waits for those who read.
    @Test
    void endsOneThatIsReadWhileMemoryIsShort() throws Exception {
        LiveConnections live = new LiveConnections();
        try (ServerSocketChannel listener = ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                SocketChannel connection = listener.accept()) {
            live.add(connection);
            CountDownLatch begun = new CountDownLatch(1);
            FutureTask<Boolean> reading = new FutureTask<>(() -> {
                begun.countDown();
                return isOver(connection);
            });
            Thread.ofPlatform().daemon().start(reading);
            begun.await(); // whether it reads by now or finds the end of the stream, it must not keep the close waiting
            Survival.noteShortage();

            assertThat(Survival.isWary()).isTrue();
            live.end(connection);

            assertThat(live.count()).isZero();
            assertThat(reading.get(60, TimeUnit.SECONDS)).isTrue();
            assertThat(connection.isOpen()).isFalse();
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    /// Whether a read ends without a byte.
    private static boolean isOver(SocketChannel connection) {
        try {
            return connection.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return true;
        }
    }
}
