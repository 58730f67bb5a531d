package dev.ecdysis.examples;

import dev.ecdysis.examples.Responses.Persistence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Serves the requests of one connection, one after the other, until either side has had enough.
final class HttpConnection {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final SocketChannel channel;
    private final boolean tcp;
    private final HttpService service;
    private final IdleState idle;
    private final InputBuffer input = new InputBuffer();
    private final HeadScanner scanner = new HeadScanner();
    private final RequestHead head = new RequestHead();

    HttpConnection(SocketChannel channel, boolean tcp, HttpService service, IdleState idle) {
        this.channel = channel;
        this.tcp = tcp;
        this.service = service;
        this.idle = idle;
    }

    void serve() throws IOException, InterruptedException {
        while (awaitRequest()) {
            if (!parse() || !answer()) {
                if (tcp) {
                    GentleClose.close(channel);
                }
                return;
            }
        }
    }

    /// Waits for the first bytes of a request.
    ///
    /// @return false when the connection ends instead
    private boolean awaitRequest() throws IOException {
        if (!input.isEmpty()) {
            return true;
        }
        idle.waiting();
        service.closer().waits();
        boolean read = input.read(channel);
        idle.begun();
        return read;
    }

    /// @return false when there is no request to answer: it was bad and the peer was told, or the peer went
    ///         away
    private boolean parse() throws IOException {
        try {
            int length = scanner.scan(input.bytes(), input.start(), input.end());
            while (length < 0) {
                if (!input.read(channel)) {
                    return false;
                }
                length = scanner.scan(input.bytes(), input.start(), input.end());
            }
            head.parse(input.bytes(), input.start(), input.start() + length);
            input.use(length);
            return true;
        } catch (BadRequestException e) {
            String reason = e.getMessage();
            String text = reason == null ? "" : reason;
            write(service.responses().text(e.status(), text, Persistence.CLOSE, true));
            return false;
        }
    }

    /// @return whether the connection lasts
    private boolean answer() throws IOException, InterruptedException {
        boolean refused = !head.isGetOrHead() || head.route() == Route.NOWHERE || head.number() < 0;
        // A client that asks before it sends a body need not send it in vain. Whether it does nevertheless
        // cannot be known, so the connection ends then.
        boolean skipBody = refused && head.headers().expectsContinue() && head.headers().bodyLength() > 0;
        if (!skipBody && !discardBody()) {
            return false;
        }
        service.traffic().received();
        if (refused) {
            return refuse(skipBody);
        }
        return switch (head.route()) {
            case ROOT, NOWHERE -> root();
            case SLOW -> slow(head.number());
            case BYTES -> bytes(head.number());
            case STREAM -> stream(head.number());
        };
    }

    private boolean discardBody() throws IOException {
        long left = head.headers().bodyLength();
        if (left > 0 && head.headers().expectsContinue() && input.isEmpty()) {
            write(Responses.goOn());
        }
        left -= input.drop(left);
        while (left > 0) {
            if (!input.read(channel)) {
                return false;
            }
            left -= input.drop(left);
        }
        return true;
    }

    private boolean refuse(boolean close) throws IOException {
        Status status = head.route() == Route.NOWHERE ? Status.NOT_FOUND
                : head.isGetOrHead() ? Status.BAD_REQUEST : Status.METHOD_NOT_ALLOWED;
        String reason = switch (status) {
            case NOT_FOUND -> "there are /, /slow, /bytes and /stream";
            case METHOD_NOT_ALLOWED -> "only GET and HEAD";
            default -> head.route().wants();
        };
        Persistence persistence = close ? Persistence.CLOSE : persistence();
        service.traffic().answered();
        write(service.responses().text(status, reason, persistence, !head.isHead()));
        return persistence != Persistence.CLOSE;
    }

    private boolean root() throws IOException {
        Persistence persistence = persistence();
        service.traffic().answered();
        write(service.responses().root(persistence, !head.isHead()));
        return persistence != Persistence.CLOSE;
    }

    private boolean slow(long milliseconds) throws IOException, InterruptedException {
        // Slow on purpose is not stuck.
        service.traffic().answered();
        Thread.sleep(milliseconds);
        // Asked afterwards: a drain may have begun meanwhile.
        Persistence persistence = persistence();
        write(service.responses().text(Status.OK, "slow", persistence, !head.isHead()));
        return persistence != Persistence.CLOSE;
    }

    private boolean bytes(long count) throws IOException {
        Persistence persistence = persistence();
        service.traffic().answered();
        ByteBuffer first = service.responses().headOfBytes(count, persistence);
        long left = head.isHead() ? 0 : count;
        ByteBuffer body = Responses.filler(left);
        left -= body.remaining();
        // Head and body in one call, or a small answer would go out in two packets.
        ByteBuffer[] both = {first, body};
        while (first.hasRemaining() || body.hasRemaining()) {
            channel.write(both);
        }
        while (left > 0) {
            body = Responses.filler(left);
            left -= body.remaining();
            write(body);
        }
        return persistence != Persistence.CLOSE;
    }

    private boolean stream(long milliseconds) throws IOException, InterruptedException {
        boolean chunked = !head.isVersion10();
        Persistence persistence = chunked ? persistence() : Persistence.CLOSE;
        service.traffic().answered();
        write(service.responses().headOfStream(chunked, persistence));
        if (head.isHead()) {
            return persistence != Persistence.CLOSE;
        }
        long end = System.nanoTime() + milliseconds * 1_000_000;
        long left = end - System.nanoTime();
        while (left > 0) {
            write(service.responses().chunk(chunked));
            Thread.sleep(Duration.ofNanos(Math.min(left, SECOND_NANOS)));
            left = end - System.nanoTime();
        }
        if (chunked) {
            write(Responses.lastChunk());
        }
        return persistence != Persistence.CLOSE;
    }

    /// A drain ends the connection with this response, unless the client has already sent another request,
    /// which would be lost.
    private Persistence persistence() {
        if (!head.isPersistent() || (service.isDraining() && input.isEmpty())) {
            return Persistence.CLOSE;
        }
        return head.isVersion10() ? Persistence.KEEP_ALIVE : Persistence.KEEP;
    }

    private void write(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
