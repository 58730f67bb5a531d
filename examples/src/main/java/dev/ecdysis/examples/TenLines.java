package dev.ecdysis.examples;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.Listener;
import dev.ecdysis.Signal;
import dev.ecdysis.Tcp;
import java.nio.channels.Channels;

/// The README's ten lines: a server that echoes, and is replaced by a new version of itself on SIGHUP.
public final class TenLines {
    private TenLines() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Ecdysis ecdysis = Ecdysis.builder().upgradeOn(Signal.HUP).stopOn(Signal.TERM).start()) {
            Listener echo = ecdysis.listen("echo", Tcp.of("127.0.0.1", 7007));
            echo.serve(connection -> Channels.newInputStream(connection)
                    .transferTo(Channels.newOutputStream(connection)));
            ecdysis.ready();
            ecdysis.awaitExit();
        }
    }
}
