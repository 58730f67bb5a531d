package dev.ecdysis.testing;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.Address;
import dev.ecdysis.Ecdysis;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.Exit;
import dev.ecdysis.Listener;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.spi.Drainable;
import dev.ecdysis.spi.Exclusive;
import dev.ecdysis.spi.StepContext;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// An [Ecdysis] without a second process, system calls or signals: listeners are ordinary sockets of the JDK, and a test
/// says what happens.
///
/// ```java
/// StubEcdysis stub = StubEcdysis.firstGeneration();
/// Thread server = Thread.ofPlatform().start(() -> MyServer.run(stub));
/// stub.awaitReady(Duration.ofSeconds(5));
/// // connect to stub.listener("http").localAddress(), then:
/// stub.completeUpgrade(4711);
/// server.join();
/// ```
///
/// Thread-safe. It works on every operating system.
public final class StubEcdysis implements Ecdysis {
    private static final Duration HANDOVER_TIMEOUT = Duration.ofSeconds(5);

    private final int generation;
    private final Optional<String> abandonment;
    private final Map<String, StubListener> listeners = new LinkedHashMap<>();
    private final List<Drainable> drainables = new CopyOnWriteArrayList<>();
    private final Map<String, Exclusive> resources = new LinkedHashMap<>();
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private volatile UpgradeResult nextResult = new UpgradeResult.Refused("a stub does not upgrade");
    private volatile Optional<String> failure = Optional.empty();
    private volatile Duration drainDeadline = Duration.ofSeconds(30);
    private final Object lock = new Object();
    private @Nullable StubDrain drain;
    private boolean warned;

    private StubEcdysis(int generation, Optional<String> abandonment) {
        this.generation = generation;
        this.abandonment = abandonment;
    }

    /// One that behaves as the first process of a chain.
    public static StubEcdysis firstGeneration() {
        return new StubEcdysis(0, Optional.empty());
    }

    /// One that behaves as a successor whose cutover comes as soon as it is ready.
    ///
    /// @param generation 1 or more
    public static StubEcdysis successor(int generation) {
        if (generation < 1) {
            throw new IllegalArgumentException("a successor's generation is 1 or more: " + generation);
        }
        return new StubEcdysis(generation, Optional.empty());
    }

    /// One that behaves as a successor whose upgrade is given up: [#ready()] throws.
    ///
    /// @param reason what the exception says
    public static StubEcdysis abandonedSuccessor(String reason) {
        return new StubEcdysis(1, Optional.of(reason));
    }

    // What a test says and asks.

    /// What the next calls of [#upgrade()] return. Nothing else happens then: see [#completeUpgrade].
    public void answerUpgradeWith(UpgradeResult result) {
        nextResult = result;
    }

    /// As if a successor had taken over: the listeners close, the drain is announced, and [#awaitExit()] returns once
    /// all connections have ended, and all that was registered to be drained. Without effect once it drains.
    public void completeUpgrade(long successorPid) {
        drain(cutOff -> new Exit.Upgraded(successorPid, cutOff));
    }

    /// As if this successor had been rolled back after it took over. Without effect once it drains.
    public void rollBack(String reason) {
        drain(_ -> new Exit.RolledBack(reason));
    }

    /// How long a drain that begins later may last before what is left is cut off, as
    /// [dev.ecdysis.Ecdysis.Builder#drainDeadline] says it. Default 30 s.
    public void drainDeadline(Duration duration) {
        drainDeadline = duration;
    }

    /// Waits until the program has said that it is ready.
    ///
    /// @return whether it has
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return Waiting.on(ready, atMost);
    }

    /// The listener of that name.
    ///
    /// @throws IllegalArgumentException when the program has opened none
    public Listener listener(String name) {
        synchronized (listeners) {
            Listener known = listeners.get(name);
            if (known == null) {
                throw new IllegalArgumentException("no listener named " + name + "; there are " + listeners.keySet());
            }
            return known;
        }
    }

    /// The reason that the program gave to [#fail].
    public Optional<String> failure() {
        return failure;
    }

    /// The resources that the program registered, in order: a test may call their steps, with what [#step] gives it.
    public List<Exclusive> resources() {
        synchronized (resources) {
            return List.copyOf(resources.values());
        }
    }

    /// What a step of a resource is given.
    ///
    /// @param limit how long it has, from now on
    public StepContext step(Duration limit) {
        return new Step(System.nanoTime() + limit.toNanos(), generation);
    }

    private record Step(long deadline, int generation) implements StepContext {
        @Override
        public Duration timeLeft() {
            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        }
    }

    // What the program sees.

    @Override
    public Listener listen(String name, Address address) throws EcdysisException {
        if (ready.isDone()) {
            throw new IllegalStateException("listener " + name + ": listen before ready()");
        }
        synchronized (listeners) {
            if (listeners.containsKey(name)) {
                throw new IllegalStateException("there is a listener named " + name + " already");
            }
            StubListener listener = StubListener.open(name, address, generation > 0);
            listeners.put(name, listener);
            return listener;
        }
    }

    @Override
    public void register(Drainable drainable) {
        drainables.add(drainable);
    }

    @Override
    public void register(String name, Exclusive resource) {
        if (ready.isDone()) {
            throw new IllegalStateException("resource " + name + ": register before ready()");
        }
        synchronized (resources) {
            if (resources.putIfAbsent(name, resource) != null) {
                throw new IllegalStateException("there is a resource named " + name + " already");
            }
        }
    }

    @Override
    public void ready() throws AbandonedException, EcdysisException, InterruptedException {
        if (abandonment.isPresent()) {
            throw new AbandonedException(abandonment.get());
        }
        for (Exclusive resource : resources()) {
            take(resource);
        }
        for (StubListener listener : all()) {
            listener.start();
        }
        ready.complete(true);
    }

    private void take(Exclusive resource) throws EcdysisException, InterruptedException {
        try {
            resource.take(step(HANDOVER_TIMEOUT));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new EcdysisException("a resource could not be taken: " + e.getMessage(), e);
        }
    }

    @Override
    public void fail(String reason) {
        failure = Optional.of(reason);
    }

    @Override
    public UpgradeResult upgrade() {
        return nextResult;
    }

    @Override
    public UpgradeResult upgrade(Duration atMost) {
        return nextResult;
    }

    /// Like [Ecdysis#stop()], but a test need not wait for a second before it stops again.
    @Override
    public void stop() {
        synchronized (lock) {
            if (drain != null && warned) {
                drain.endNow();
            }
            warned = true;
        }
        drain(Exit.Stopped::new);
    }

    /// @param how what came of it, by how many connections were cut off
    private void drain(LongFunction<Exit> how) {
        List<StubListener> open = all();
        StubDrain begun;
        synchronized (lock) {
            if (drain != null) {
                return;
            }
            Set<Drainable> all = Collections.newSetFromMap(new IdentityHashMap<>());
            all.addAll(drainables);
            open.forEach(listener -> listener.drainable().ifPresent(all::add));
            begun = new StubDrain(open, List.copyOf(all), drainDeadline);
            drain = begun;
        }
        open.forEach(StubListener::closeChannels);
        begun.begin(cutOff -> exit.complete(how.apply(cutOff)));
    }

    private List<StubListener> all() {
        synchronized (listeners) {
            return List.copyOf(listeners.values());
        }
    }

    @Override
    public Exit awaitExit() throws InterruptedException {
        try {
            return exit.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Optional<Exit> awaitExit(Duration atMost) throws InterruptedException {
        return Waiting.on(exit, atMost) ? Optional.of(exit.join()) : Optional.empty();
    }

    @Override
    public boolean awaitPredecessor(Duration atMost) {
        return true;
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public boolean isSuccessor() {
        return generation > 0;
    }

    @Override
    public boolean isDraining() {
        synchronized (lock) {
            return drain != null;
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            if (drain != null) {
                drain.giveUp();
            }
        }
        for (StubListener listener : all()) {
            listener.closeChannels();
            listener.cutOff();
        }
        exit.complete(new Exit.Stopped(0));
    }
}
