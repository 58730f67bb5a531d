package dev.ecdysis.examples;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.Ecdysis;
import dev.ecdysis.Exit;
import dev.ecdysis.Listener;
import dev.ecdysis.Signal;
import dev.ecdysis.Tcp;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The life of a process: start, listen, initialise, ready, wait for the end.
final class Server {
    /// What the library would log about an upgrade, these programs print. Set up late: at the very start logging would
    /// be one more thing that a successor's predecessor waits for, and the library sets it up meanwhile.
    private static final class Library {
        // Held, or its level would be forgotten.
        private static final Logger LOGGER = Logger.getLogger("dev.ecdysis");
    }

    private final Options options;
    private final UpgradeLog log = new UpgradeLog();
    private final Traffic traffic;

    Server(Options options) {
        this.options = options;
        this.traffic = new Traffic(options.healthCheck());
    }

    /// Runs until nothing is left to do.
    ///
    /// @return what the process should end with
    int run() throws UsageException, IOException, AbandonedException, InterruptedException {
        List<NamedAddress> addresses = options.listeners();
        Ecdysis.Builder builder = Ecdysis.builder()
                .upgradeOn(Signal.HUP)
                .stopOn(Signal.TERM, Signal.INT)
                .observer(log);
        options.configure(builder);
        if (options.healthCheck()) {
            builder.healthCheck(traffic);
        }
        try (Ecdysis ecdysis = builder.start()) {
            Library.LOGGER.setLevel(Level.WARNING);
            log.started(ecdysis.generation());
            Fault fault = options.fault(ecdysis.isSuccessor());
            List<Listener> listeners = open(ecdysis, addresses, fault);
            Thread.sleep(options.initialDelay());
            fault.beforeReady(ecdysis);
            ecdysis.ready();
            Console.line(serving(ecdysis, listeners));
            fault.afterReady(ecdysis);
            Exit exit = ecdysis.awaitExit();
            Console.line(UpgradeLog.exiting(exit));
            return exit.status();
        }
    }

    private List<Listener> open(Ecdysis ecdysis, List<NamedAddress> addresses, Fault fault)
            throws UsageException, IOException {
        Service service = options.isHttp()
                ? new HttpService(ecdysis.generation(), ProcessId.current(), options.idleGrace(), traffic)
                : new EchoService(ecdysis.generation(), traffic);
        ecdysis.register(service);
        List<Listener> listeners = new ArrayList<>(addresses.size());
        for (NamedAddress wanted : addresses) {
            Listener listener = listen(ecdysis, wanted);
            ConnectionHandler handler = service.handler(listener.localAddress() instanceof InetSocketAddress);
            listener.serve(fault.isMute() ? new MuteHandler(traffic) : handler);
            listeners.add(listener);
        }
        return listeners;
    }

    /// Names come from a file, so one that is wrong or there twice is the user's mistake.
    private static Listener listen(Ecdysis ecdysis, NamedAddress wanted) throws UsageException, IOException {
        try {
            return ecdysis.listen(wanted.name(), wanted.address());
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }

    private static String serving(Ecdysis ecdysis, List<Listener> listeners) throws IOException {
        StringBuilder line = new StringBuilder(100).append("serving generation=").append(ecdysis.generation())
                .append(" pid=").append(ProcessId.current()).append(" addresses=");
        String separator = "";
        for (Listener listener : listeners) {
            line.append(separator).append(address(listener));
            separator = ",";
        }
        return line.toString();
    }

    /// The address as it would be passed to `--listen`, with the port that was really bound.
    private static String address(Listener listener) {
        if (listener.localAddress() instanceof InetSocketAddress bound) {
            return Tcp.of(bound.getAddress().getHostAddress(), bound.getPort()).toString();
        }
        return listener.address().toString();
    }
}
