package dev.ecdysis.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.process.PidFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileKeeperTest {
    private static final int TRIES = 10;

    @TempDir
    Path folder;

    private final Thread restoring = Thread.currentThread();
    private final CountDownLatch tried = new CountDownLatch(TRIES);

    /// Cannot be written, and but for the first time there is no memory to look what is there instead.
    private final class Unwritable extends PidFile {
        private Unwritable() {
            super(folder.resolve("pid"));
        }

        @Override
        public void write() throws IOException {
            tried.countDown();
            throw new IOException("on purpose");
        }

        @Override
        public void removeUnlessOurs() {
            if (Thread.currentThread() != restoring) {
                throw new OutOfMemoryError("in the handler");
            }
        }
    }

    @Test
    void tryingAgainGoesOnWithoutMemoryForWhatIsToBeDoneThen() throws Exception {
        PidFileKeeper keeper = new PidFileKeeper(Optional.of(new Unwritable()), Optional.empty(), Duration.ofMillis(1));
        try {
            keeper.restore();
            assertThat(tried.await(60, TimeUnit.SECONDS)).as("it is tried again").isTrue();
        } finally {
            keeper.leave();
        }
    }
}
