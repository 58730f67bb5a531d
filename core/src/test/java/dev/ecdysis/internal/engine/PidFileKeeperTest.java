package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.process.PidFile;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
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

    private final CountDownLatch tried = new CountDownLatch(TRIES);

    /// A path in a folder that is not there, and after each try there is no memory to look what is there instead.
    private Path path() {
        Path missing = folder.resolve("missing").resolve("pid");
        return (Path) Proxy.newProxyInstance(Path.class.getClassLoader(), new Class<?>[] {Path.class},
                (proxy, method, arguments) -> answer(missing, proxy, method, arguments));
    }

    private Object answer(Path missing, Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("toAbsolutePath")) {
            return proxy;
        } else if (method.getName().equals("resolveSibling")) {
            tried.countDown();
        } else if (method.getName().equals("getFileSystem") && tried.getCount() < TRIES) {
            throw new OutOfMemoryError("in the handler");
        }
        return method.invoke(missing, arguments);
    }

    @Test
    void tryingAgainGoesOnWithoutMemoryForWhatIsToBeDoneThen() throws Exception {
        PidFileKeeper keeper = new PidFileKeeper(Optional.of(new PidFile(path())), Duration.ofMillis(1));
        try {
            assertThatThrownBy(keeper::restore).isInstanceOf(OutOfMemoryError.class);
            assertThat(tried.await(60, TimeUnit.SECONDS)).as("it is tried again").isTrue();
        } finally {
            keeper.leave();
        }
    }
}
