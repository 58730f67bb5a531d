package dev.ecdysis.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Tcp;
import dev.ecdysis.spi.Acceptor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class StubAcceptorTest {
    private static final class Recorder implements Acceptor {
        private final List<String> calls = new CopyOnWriteArrayList<>();

        private void called(String what) {
            calls.add(what + " on " + Thread.currentThread().getName());
        }

        @Override
        public void start() {
            called("start");
        }

        @Override
        public void pause() {
            called("pause");
        }

        @Override
        public void resume() {
            called("resume");
        }

        @Override
        public void close() {
            called("close");
        }
    }

    @Test
    void itIsCalledOnItsOwnThreadAsByTheLibrary() throws Exception {
        Recorder recorder = new Recorder();
        try (StubEcdysis stub = StubEcdysis.firstGeneration()) {
            stub.listen("http", Tcp.of("127.0.0.1", 0)).register(recorder);
            stub.ready();
            stub.stop();
            assertThat(stub.awaitExit(Duration.ofSeconds(60))).isPresent();
        }
        assertThat(recorder.calls).containsExactly("start on ecdysis-acceptor-http", "close on ecdysis-acceptor-http");
    }
}
