package dev.ecdysis.testing;

import dev.ecdysis.spi.Acceptor;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Calls an acceptor of the program's as the library does: always on the same thread, which whoever moves it waits for.
final class StubAcceptor implements Acceptor {
    private static final long LIMIT_SECONDS = 5;

    private final String listener;
    private final Acceptor acceptor;
    private final ExecutorService thread;

    StubAcceptor(String listener, Acceptor acceptor) {
        this.listener = listener;
        this.acceptor = acceptor;
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("ecdysis-acceptor-" + listener).factory());
    }

    private interface Call {
        void run() throws IOException;
    }

    @Override
    public void start() throws IOException {
        call("start()", acceptor::start);
    }

    @Override
    public void pause() throws IOException {
        call("pause()", acceptor::pause);
    }

    @Override
    public void resume() throws IOException {
        call("resume()", acceptor::resume);
    }

    @Override
    public void close() {
        try {
            call("close()", () -> acceptor.close());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            thread.shutdown();
        }
    }

    private void call(String what, Call call) throws IOException {
        try {
            thread.submit(() -> {
                call.run();
                return true;
            }).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(what + " of its acceptor failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException(what + " of the acceptor of listener " + listener + " has not returned for "
                    + LIMIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the acceptor of listener " + listener + " was called", e);
        }
    }
}
