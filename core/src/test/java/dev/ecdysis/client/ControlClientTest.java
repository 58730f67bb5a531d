package dev.ecdysis.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.control.ResultCodec;
import dev.ecdysis.internal.control.StatusCodec;
import dev.ecdysis.internal.wire.Codec;
import dev.ecdysis.internal.wire.Fields;
import dev.ecdysis.internal.wire.Message;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a client says of a server that is not there, does not answer, or answers nonsense.
class ControlClientTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static final ServerStatus STATUS = new ServerStatus(0, ProcessHandle.current().pid(), "v",
            ServerState.RUNNING,
            Optional.empty(), true, Duration.ZERO, Optional.empty(), List.of(), 0, List.of(), "", List.of());

    @TempDir
    Path folder;

    /// What a server does with its only client.
    private interface Serving {
        void serve(SocketChannel client) throws IOException;
    }

    private void with(Serving serving, ThrowingCallable test) throws Throwable {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path()));
            Thread thread = Thread.ofPlatform().start(() -> {
                try (SocketChannel client = server.accept()) {
                    serving.serve(client);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            test.call();
            thread.join();
        }
    }

    private Path path() {
        return folder.resolve("control.sock");
    }

    private static void send(SocketChannel client, Message message) throws IOException {
        ByteBuffer bytes = Codec.encode(message, 0);
        while (bytes.hasRemaining()) {
            client.write(bytes);
        }
    }

    private static void await(SocketChannel client) throws IOException {
        while (client.read(ByteBuffer.allocate(1_000)) > 0) {
            // until the client goes
        }
    }

    private static void fails(ControlException.Reason reason, String message, ThrowingCallable test) {
        assertThatThrownBy(test).isInstanceOfSatisfying(ControlException.class, e -> {
            assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
            assertThat(e).hasMessageContaining(message);
        });
    }

    private void status(Duration atMost) throws ControlException {
        try (ControlClient client = ControlClient.connect(path(), atMost)) {
            client.status();
        }
    }

    @Test
    void nobodyIsThere() throws Exception {
        fails(ControlException.Reason.UNREACHABLE, "is the server running", () -> status(LONG));
        try (ServerSocketChannel gone = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            gone.bind(UnixDomainSocketAddress.of(path()));
        }
        fails(ControlException.Reason.UNREACHABLE, "is the server running", () -> status(LONG));
        Files.delete(path());
        Files.writeString(path(), "a file");
        fails(ControlException.Reason.UNREACHABLE, "is the server running", () -> status(LONG));
    }

    @Test
    void aPathThatIsTooLongAndATimeOfNothing() {
        fails(ControlException.Reason.UNREACHABLE, "nobody can be reached",
                () -> ControlClient.connect(Path.of("/" + "x".repeat(200)), LONG).close());
        assertThatThrownBy(() -> ControlClient.connect(path(), Duration.ZERO).close())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aServerThatIsStoppedIsNotWaitedForForEver() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path()), 1);
            fails(ControlException.Reason.UNREACHABLE, "did not answer within 50 ms",
                    () -> status(Duration.ofMillis(50)));
            // Its backlog is full of those that have gone again.
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> status(Duration.ofMillis(50))).isInstanceOf(ControlException.class);
            }
            fails(ControlException.Reason.UNREACHABLE, "stopped or overloaded", () -> status(Duration.ofMillis(50)));
        }
    }

    @Test
    void aServerThatClosesOrTalksNonsense() throws Throwable {
        with(client -> {
        }, () -> fails(ControlException.Reason.UNREACHABLE, "", () -> status(LONG)));
        Files.delete(path());
        with(client -> {
            client.write(StandardCharsets.US_ASCII.encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
            await(client);
        }, () -> fails(ControlException.Reason.PROTOCOL, "broke", () -> status(LONG)));
        Files.delete(path());
        with(client -> {
            send(client, new Message.Paused());
            await(client);
        }, () -> fails(ControlException.Reason.PROTOCOL, "Paused", () -> status(LONG)));
        Files.delete(path());
        with(client -> {
            client.read(ByteBuffer.allocate(100));
            client.write(Codec.encode(new Message.Report(StatusCodec.of(List.of())), 0).limit(5));
        }, () -> fails(ControlException.Reason.PROTOCOL, "", () -> status(LONG)));
    }

    @Test
    void aRefusalIsOne() throws Throwable {
        with(client -> {
            send(client, new Message.Refusal("you may not"));
            await(client);
        }, () -> fails(ControlException.Reason.REFUSED, "you may not", () -> status(LONG)));
    }

    @Test
    void aServerThatIsLostDuringAnUpgrade() throws Throwable {
        with(client -> {
            ByteBuffer request = Codec.encode(new Message.StatusRequest(), 0);
            while (request.hasRemaining()) {
                client.read(request);
            }
            send(client, new Message.Report(StatusCodec.of(STATUS, Optional.empty())));
            client.read(ByteBuffer.allocate(1));
            send(client, new Message.Progress(1, 1, OptionalLong.of(77), 5, 0, ""));
        }, () -> fails(ControlException.Reason.UNREACHABLE, "", () -> {
            try (ControlClient client = ControlClient.connect(path(), LONG)) {
                client.upgrade(step -> assertThat(step.generation()).isEqualTo(1));
            }
        }));
    }

    /// Something to do with a client.
    private interface Asking {
        void ask(ControlClient client) throws Throwable;
    }

    /// What the client sends to a server that says this of itself, beside the request for that; empty for nothing.
    private byte[] sent(Fields status, Asking asking) throws Throwable {
        AtomicReference<byte[]> sent = new AtomicReference<>(new byte[0]);
        with(client -> {
            client.read(ByteBuffer.allocate(100));
            send(client, new Message.Report(status));
            ByteBuffer request = ByteBuffer.allocate(1_000);
            if (client.read(request) > 0) { // one send, which nobody tears on a local socket
                sent.set(Arrays.copyOf(request.array(), request.position()));
                send(client, new Message.Result(ResultCodec.of(new UpgradeResult.Refused("not now"))));
            }
        }, () -> {
            try (ControlClient client = ControlClient.connect(path(), LONG)) {
                asking.ask(client);
            }
        });
        return sent.get();
    }

    private static UpgradeResult upgrade(ControlClient client, List<String> command) throws ControlException {
        return client.upgrade(command, step -> {
        });
    }

    @Test
    void theCommandGoesWithTheRequest() throws Throwable {
        List<String> command = List.of("java", "", "-jar");
        byte[] sent = sent(StatusCodec.of(STATUS, Optional.empty()), client -> assertThat(upgrade(client, command))
                .isEqualTo(new UpgradeResult.Refused("not now")));
        assertThat(sent).isEqualTo(Codec.encode(new Message.UpgradeRequest(command), 0).array());
    }

    @Test
    void aServerThatWouldSkipTheCommandIsNotAsked() throws Throwable {
        Fields older = Fields.builder().number("generation", 0).number("pid", ProcessHandle.current().pid())
                .text("version", "v").text("state", "running").number("uptime-nanos", 0).number("connections", 0)
                .text("adoption", "").build();
        assertThat(sent(older, client -> fails(ControlException.Reason.REFUSED, "an older version of this library",
                () -> upgrade(client, List.of("java"))))).isEmpty();
    }

    @Test
    void aCommandThatMakesNoSenseIsNotSent() throws Throwable {
        assertThat(sent(StatusCodec.of(STATUS, Optional.empty()), client -> {
            for (List<String> command : List.of(List.<String>of(), List.of("", "x"), List.of("x".repeat(3_000)))) {
                assertThatThrownBy(() -> upgrade(client, command)).isInstanceOf(IllegalArgumentException.class);
            }
        })).isEmpty();
    }
}
