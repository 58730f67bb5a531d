package dev.ecdysis.internal.posix;

/// Two descriptors that belong together: the ends of a socket pair, or the read end and the write end of a pipe.
public record FdPair(Fd first, Fd second) implements AutoCloseable {
    @Override
    public void close() {
        first.close();
        second.close();
    }
}
