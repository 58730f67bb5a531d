package dev.ecdysis.examples;

import dev.ecdysis.Address;
import dev.ecdysis.Ecdysis;
import dev.ecdysis.Tcp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The command line. What is left out is not passed on, so that the library's own defaults apply.
final class Options {
    private static final Duration LONGEST_DEFAULT_GRACE = Duration.ofSeconds(5);
    private static final Duration DEFAULT_DRAIN = Duration.ofSeconds(30);

    private final String service;
    private final List<Address> listen = new ArrayList<>();
    private @Nullable Path listenFile;
    private int sockets = 1;
    private @Nullable Path control;
    private @Nullable Path pidFile;
    private @Nullable Duration probation;
    private @Nullable Duration drain;
    private @Nullable Duration readyTimeout;
    private @Nullable Duration lowPriorityBoot;
    private @Nullable Duration idleGrace;
    private @Nullable Integer maxDraining;
    private @Nullable String versionLabel;
    private Duration initialDelay = Duration.ZERO;
    private boolean healthCheck;
    private boolean storeListeners;
    private Fault fault = Fault.NONE;
    private @Nullable Path faultFile;

    private Options(String service) {
        this.service = service;
    }

    static Options parse(String[] arguments) throws UsageException {
        String service = arguments.length == 0 ? "" : arguments[0];
        if (!service.equals("http") && !service.equals("echo")) {
            throw new UsageException("the first argument must be http or echo; see --help");
        }
        Options options = new Options(service);
        int next = 1;
        while (next < arguments.length) {
            next = options.take(arguments, next);
        }
        if (options.listenFile != null && !options.listen.isEmpty()) {
            throw new UsageException("--listen and --listen-file exclude each other");
        }
        return options;
    }

    /// Takes one option, written as `--name value` or `--name=value`.
    ///
    /// @return the index of the next one
    private int take(String[] arguments, int index) throws UsageException {
        String name = arguments[index];
        int equals = name.indexOf('=');
        if (name.equals("--health-check")) {
            healthCheck = true;
            return index + 1;
        }
        if (name.equals("--fd-store")) {
            storeListeners = true;
            return index + 1;
        }
        if (name.startsWith("--") && equals > 0) {
            set(name.substring(0, equals), name.substring(equals + 1));
            return index + 1;
        }
        // The name is checked first: a mistyped option at the end is unknown rather than without a value.
        boolean last = index + 1 == arguments.length;
        set(name, last ? null : arguments[index + 1]);
        return index + 2;
    }

    private void set(String name, @Nullable String value) throws UsageException {
        switch (name) {
            case "--listen" -> listen.add(NamedAddress.parse(given(name, value)));
            case "--listen-file" -> listenFile = path(name, value);
            case "--sockets" -> sockets = positive(name, given(name, value));
            case "--control" -> control = path(name, value);
            case "--pid-file" -> pidFile = path(name, value);
            case "--probation" -> probation = duration(name, value);
            case "--drain" -> drain = duration(name, value);
            case "--ready-timeout" -> readyTimeout = duration(name, value);
            case "--low-priority-boot" -> lowPriorityBoot = duration(name, value);
            case "--idle-grace" -> idleGrace = duration(name, value);
            case "--max-draining" -> maxDraining = positive(name, given(name, value));
            case "--version-label" -> versionLabel = given(name, value);
            case "--init-delay" -> initialDelay = duration(name, value);
            case "--fault" -> fault = Fault.parse(given(name, value));
            case "--fault-file" -> faultFile = path(name, value);
            default -> throw new UsageException("unknown option: '" + name + "'; see --help");
        }
    }

    private static String given(String name, @Nullable String value) throws UsageException {
        if (value == null || value.isEmpty()) {
            throw new UsageException(name + " needs a value; see --help");
        }
        return value;
    }

    private static Path path(String name, @Nullable String value) throws UsageException {
        try {
            return Path.of(given(name, value));
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + ": not a path: '" + value + "'", e);
        }
    }

    private static Duration duration(String name, @Nullable String value) throws UsageException {
        try {
            return Durations.parse(given(name, value));
        } catch (UsageException e) {
            throw new UsageException(name + ": " + e.getMessage(), e);
        }
    }

    private static int positive(String name, String value) throws UsageException {
        try {
            int number = Integer.parseInt(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(name + " needs a whole number: '" + value + "'", e);
        }
        throw new UsageException(name + " must be at least 1: " + value);
    }

    /// Hands on what concerns the library.
    void configure(Ecdysis.Builder builder) throws UsageException {
        try {
            if (control != null)
                builder.controlSocket(control);
            if (pidFile != null)
                builder.pidFile(pidFile);
            if (storeListeners)
                builder.storeListeners(true);
            if (probation != null)
                builder.probation(probation);
            if (drain != null)
                builder.drainDeadline(drain);
            if (readyTimeout != null)
                builder.readyTimeout(readyTimeout);
            if (lowPriorityBoot != null)
                builder.lowPriorityBoot(lowPriorityBoot);
            if (maxDraining != null)
                builder.maxDraining(maxDraining);
            if (versionLabel != null)
                builder.version(versionLabel);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }

    /// Reads the file of addresses, if there is one: each generation does, and so may claim other listeners.
    List<NamedAddress> listeners() throws UsageException {
        List<NamedAddress> named = listenFile == null ? numbered() : NamedAddress.read(listenFile);
        List<NamedAddress> result = new ArrayList<>(named.size());
        for (NamedAddress listener : named) {
            result.add(
                    listener.address() instanceof Tcp tcp ? new NamedAddress(listener.name(), group(tcp)) : listener);
        }
        return result;
    }

    private Tcp group(Tcp address) throws UsageException {
        try {
            return address.sockets(sockets);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--" + e.getMessage(), e);
        }
    }

    private List<NamedAddress> numbered() {
        return NamedAddress.numbered(service, listen.isEmpty() ? List.of(Tcp.of("127.0.0.1", 8080)) : listen);
    }

    /// What is to go wrong. A successor has its predecessor's command line: what only it should do is in the
    /// file.
    Fault fault(boolean successor) throws UsageException, IOException {
        if (successor && faultFile != null && Files.exists(faultFile)) {
            return Fault.parse(Files.readString(faultFile).strip());
        }
        return fault;
    }

    boolean isHttp() {
        return service.equals("http");
    }

    boolean healthCheck() {
        return healthCheck;
    }

    Duration initialDelay() {
        return initialDelay;
    }

    /// At most half of the drain, so that the closes, which take half as long again, are over before its
    /// deadline.
    Duration idleGrace() {
        if (idleGrace != null) {
            return idleGrace;
        }
        // Not dividedBy: that goes through BigDecimal, 40 ms of processor time in each start.
        Duration half = Duration.ofMillis((drain == null ? DEFAULT_DRAIN : drain).toMillis() / 2);
        return half.compareTo(LONGEST_DEFAULT_GRACE) < 0 ? half : LONGEST_DEFAULT_GRACE;
    }
}
