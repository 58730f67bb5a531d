package dev.ecdysis.internal.nio;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Posix;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;

/// Adoption without JDK internals: a fresh JDK channel is bound to a throw-away address, and then the listener is
/// put over its descriptor with `dup3(2)`, which ends the throw-away socket in the same instant. That has to happen
/// before the channel is registered or accepted on, because an epoll registration would belong to the old socket.
///
/// The wart: a channel remembers the address it was bound to, so `getLocalAddress()` answers with the throw-away
/// one. Accepted channels know their true addresses.
///
/// The channel has to be bound, or it would refuse to accept; and the JDK always listens when it binds. So for well
/// under a millisecond a socket listens on a port of 127.0.0.1 that nobody was told of, or on a path in a folder
/// that only this user can enter. A stranger who connects in that moment is reset; the listener never sees him.
final class DuplicateAdoption implements Adoption {
    private final Posix posix;

    DuplicateAdoption(Posix posix) {
        this.posix = posix;
    }

    @Override
    public ServerSocketChannel adopt(Fd listener) throws IOException {
        SocketFamily family = SocketFamily.of(posix.getsockname(listener));
        posix.setNonBlocking(listener);
        PlaceholderSocket placeholder = PlaceholderSocket.open(family);
        try {
            BlockingMode.detach(placeholder.channel());
            int number = OwnDescriptors.listening(posix, placeholder.address());
            posix.dup3(listener, number, true);
            return placeholder.channel();
        } catch (IOException | RuntimeException e) {
            placeholder.channel().close();
            throw e;
        }
    }

    @Override
    public Optional<String> warning() {
        String cure = SocketInternals.find().isPresent() ? "leave -D" + PROPERTY + "=duplicate out"
                : "start java with " + SocketInternals.howToOpen();
        return Optional
                .of("listeners' channels have a wrong local address, so frameworks may show a wrong port; to have"
                        + " it right, " + cure);
    }

    @Override
    public String description() {
        return "duplicate: the local address of a channel is not the listener's; to have it right, start java with "
                + SocketInternals.howToOpen();
    }
}
