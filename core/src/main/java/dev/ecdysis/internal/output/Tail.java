package dev.ecdysis.internal.output;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The end of what was written to a stream. Thread-safe.
final class Tail {
    private static final int KEPT_BYTES = 64 << 10;
    private static final int MOST_LINE_LENGTH = 2_000;

    private final byte[] kept = new byte[KEPT_BYTES];
    private long written;

    synchronized void keep(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            kept[(int) (written++ % KEPT_BYTES)] = bytes.get();
        }
    }

    List<String> lines() {
        return text().lines()
                .map(line -> line.length() > MOST_LINE_LENGTH ? line.substring(0, MOST_LINE_LENGTH) : line).toList();
    }

    private synchronized String text() {
        int length = (int) Math.min(written, KEPT_BYTES);
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = kept[(int) ((written - length + i) % KEPT_BYTES)];
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
