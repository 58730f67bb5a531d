package dev.ecdysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.NamedDescriptor.Kind;
import dev.ecdysis.NamedDescriptor.Origin;
import dev.ecdysis.testing.StubEcdysis;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedDescriptorTest {
    @TempDir
    private Path folder;

    @Test
    void aListenerIsOneThatListens() throws EcdysisException {
        try (Ecdysis ecdysis = Ecdysis.builder().start()) {
            for (Address address : new Address[] {Tcp.of("127.0.0.1", 0), Unix.of(folder.resolve("s"))}) {
                Listener listener = ecdysis.listen(address instanceof Tcp ? "tcp" : "unix", address);
                NamedDescriptor named = listener;
                assertThat(named.kind()).isEqualTo(Kind.STREAM_LISTENER);
                assertThat(named.origin()).isEqualTo(Origin.BOUND_HERE);
                assertThat(named.isInherited()).isFalse();
                assertThat(named.boundAddress()).contains(listener.localAddress());
            }
        }
    }

    @Test
    void whatASuccessorHasIsFromItsPredecessor() throws EcdysisException {
        try (Ecdysis ecdysis = StubEcdysis.successor(1)) {
            NamedDescriptor named = ecdysis.listen("http", Tcp.of("127.0.0.1", 0));
            assertThat(named.origin()).isEqualTo(Origin.PREDECESSOR);
            assertThat(named.isInherited()).isTrue();
        }
    }
}
