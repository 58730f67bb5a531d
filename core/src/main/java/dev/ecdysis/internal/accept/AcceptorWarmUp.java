package dev.ecdysis.internal.accept;

import dev.ecdysis.internal.log.Log;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.ZoneId;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Has the JDK set up what it otherwise sets up at first use, and never again when that fails for lack of
/// descriptors.
///
/// The classes concerned could not be initialised once and for all then. Without the poller, no virtual
/// thread of this process could ever wait for a socket; without the time zones, hardly any logger could write
/// a line. A burst of connections at the start, with a low limit of open files, is enough. It also makes the
/// cutover and the first connection faster.
public final class AcceptorWarmUp {
    private static final System.Logger LOG = Log.of(AcceptorWarmUp.class);
    private static final AtomicBoolean BEGUN = new AtomicBoolean();
    private static final CountDownLatch DONE = new CountDownLatch(1);
    private static final long ENOUGH_MILLIS = 1000;
    /// One millisecond is over at times before the thread has begun to wait, and then there is no poller.
    private static final int WAIT_MILLIS = 10;

    private AcceptorWarmUp() {
    }

    /// Does it in the background, once in the life of this process. The earlier, the less anybody has to wait for it.
    public static void begin() {
        if (BEGUN.compareAndSet(false, true)) {
            Thread.ofVirtual().name("ecdysis-set-up").start(AcceptorWarmUp::run);
        }
    }

    /// Waits until it is done: to be called before the first connection can come. It took a few milliseconds,
    /// and they have passed long since unless the application had nothing to initialise.
    static void await() {
        try {
            if (!DONE.await(ENOUGH_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.DEBUG, "the early set-up takes long; not waited for");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run() {
        try {
            setUp();
        } finally {
            DONE.countDown();
        }
    }

    private static void setUp() {
        AcceptLoop.rehearse();
        LOG.log(System.Logger.Level.DEBUG, "setting up in time zone {0}", ZoneId.systemDefault());
        // A wait that ends by its timeout: nobody knows the port, and nothing is read from it.
        try (DatagramSocket idle = new DatagramSocket(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            idle.setSoTimeout(WAIT_MILLIS);
            idle.receive(new DatagramPacket(new byte[1], 1));
        } catch (SocketTimeoutException e) {
            LOG.log(System.Logger.Level.TRACE, "virtual threads can wait for sockets");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "setting up the poller of virtual threads", e);
        }
    }
}
