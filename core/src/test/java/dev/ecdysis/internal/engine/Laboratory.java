package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.AbandonedException;
import dev.ecdysis.Exit;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.FaultingPosix;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/// Has generation 0, in this JVM, upgraded under a fault on either side, and checks afterwards what is promised.
final class Laboratory implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(100);
    private static final int KILLED = 128 + Linux.SIGKILL;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final Duration SHORT_SILENCE = Duration.ofMillis(500);
    private static final Duration LONG_SILENCE = Duration.ofSeconds(4);

    private final Path folder;
    private final Duration silence;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private TinyServer server;
    private Traces without;
    private Traces serving;
    private SortedMap<String, Integer> successors = Collections.emptySortedMap();
    private List<String> files = List.of();

    /// What an attempt came to.
    ///
    /// @param injected whether the fault has happened, in the process that it was meant for
    /// @param here the calls of the predecessor
    /// @param there the calls of a successor that was kept
    record Attempt(UpgradeResult result, boolean injected, List<String> here, List<String> there) {
    }

    Laboratory(Path folder) throws IOException {
        this(folder, Behaviour.SERVES);
    }

    /// @param mostly what most successors do: waiting for one that never beats is to be short
    Laboratory(Path folder, Behaviour mostly) throws IOException {
        this.folder = folder;
        this.silence = mostly == Behaviour.SILENT ? SHORT_SILENCE : LONG_SILENCE;
        tell(Behaviour.SERVES, Fault.NONE);
        // What the JDK makes at first use and keeps, such as its pollers, is there after this.
        startAfresh();
        server.close();
        without = Traces.ofThisProcess();
        startAfresh();
    }

    private void startAfresh() throws IOException {
        server = new TinyServer(folder, new FaultingPosix(LinuxPosix.open()), Behaviour.SERVES,
                silence);
        try {
            server.ecdysis.ready();
        } catch (AbandonedException | InterruptedException e) {
            throw new IOException(e);
        }
        Answer.from(server.address());
        Answer.from(server.oldAddress());
        Answer.from(TinyServer.path(folder));
        Answer.from(TinyServer.oldPath(folder));
        status();
        serving = Traces.ofThisProcess();
        files = files();
    }

    private void tell(Behaviour behaviour, Fault there) throws IOException {
        behaviour.write(folder);
        there.write(folder);
    }

    Attempt attempt(Behaviour behaviour, Fault here, Fault there) throws Exception {
        return attempt(Asking.APPLICATION, behaviour, here, there);
    }

    Attempt attempt(Asking asking, Behaviour behaviour, Fault here, Fault there) throws Exception {
        String what = behaviour + ", here " + here + ", there " + there;
        InetSocketAddress address = server.address();
        tell(behaviour, there);
        InetSocketAddress oldAddress = server.oldAddress();
        int before;
        UpgradeResult result;
        Answer answer = null;
        try (Traffic traffic = new Traffic(address)) {
            here.arm(server.posix);
            before = server.posix.calls().size();
            result = within(CompletableFuture.supplyAsync(() -> ask(asking), threads), what);
            what += " -> " + result;
            if (result instanceof UpgradeResult.Committed committed) {
                answer = checkSuccessor(address, committed.pid(), what);
            }
            traffic.end();
            traffic.check(what, diedServing(result));
        }
        if (!(result instanceof UpgradeResult.Committed committed) || answer == null) {
            boolean injected = server.posix.injected().isPresent() || Fault.victim(folder).isPresent();
            List<String> calls = callsSince(before);
            Fault.NONE.arm(server.posix);
            checkServing(what);
            return new Attempt(result, injected, calls, List.of());
        }
        checkSuccessorsDescriptors(committed.pid(), here.nth() > 0 || there.nth() > 0, what);
        boolean thereInjected = Fault.victim(folder).equals(Optional.of(committed.pid()));
        // Meanwhile the predecessor serves what the successor has not claimed, and ends.
        end(address, committed.pid(), here.nth() > 0 || there.nth() > 0, what);
        assertThat(awaitExit(what)).as(what).isEqualTo(committed.pid());
        checkGone(oldAddress, what);
        Attempt attempt = new Attempt(result, server.posix.injected().isPresent() || thereInjected,
                callsSince(before), answer.calls());
        startAfresh();
        return attempt;
    }

    /// Compared with those of the first successor that nothing happened to.
    private void checkSuccessorsDescriptors(long pid, boolean armed, String what) {
        if (successors.isEmpty() && !armed) {
            successors = Traces.leastDescriptors(pid);
        }
        assertThat(successors).as("a reference to compare with").isNotEmpty();
        Traces.awaitNoMore(successors, pid, what);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private List<String> callsSince(int before) {
        List<String> all = server.posix.calls();
        return all.subList(before, all.size());
    }

    /// What only the predecessor listened on, and all else that it had.
    private void checkGone(InetSocketAddress oldAddress, String what) {
        assertThatThrownBy(() -> Answer.from(oldAddress)).as(what).isInstanceOf(ConnectException.class);
        assertThat(TinyServer.oldPath(folder)).as(what).doesNotExist();
        assertThat(server.posix.openDescriptors()).as(what).isEmpty();
        without = without.awaitNoMore(what);
    }

    /// Only one that is killed or halts loses what it accepted: who is told to let go answers first.
    private static boolean diedServing(UpgradeResult result) {
        return result instanceof UpgradeResult.RolledBack back && back.exitStatus().isPresent()
                && (back.exitStatus().getAsInt() == KILLED || back.exitStatus().getAsInt() == TinyServer.HALTED);
    }

    /// An upgrade that nothing happens to, so that the successors of others can be compared with its.
    void upgradeUndisturbed() throws Exception {
        assertThat(attempt(Behaviour.SERVES, Fault.NONE, Fault.NONE).result())
                .isInstanceOf(UpgradeResult.Committed.class);
    }

    /// An upgrade that somebody asks for in his own way, and that goes through, after an undisturbed one.
    ///
    /// @param held closed when it has, and when the successor was seen to hold nothing for them
    void upgrade(String who, List<RawClient> held, Client client) throws Exception {
        InetSocketAddress address = server.address();
        InetSocketAddress oldAddress = server.oldAddress();
        tell(Behaviour.SERVES, Fault.NONE);
        long pid;
        try (Traffic traffic = new Traffic(address)) {
            client.ask(TinyServer.control(folder));
            pid = awaitExit(who);
            traffic.end();
            traffic.check(who, false);
        }
        checkSuccessor(address, pid, who);
        checkSuccessorsDescriptors(pid, true, who);
        assertThat(status().pid()).as(who).isEqualTo(pid);
        held.forEach(RawClient::close);
        end(address, pid, true, who);
        checkGone(oldAddress, who);
        startAfresh();
    }

    /// Asks for an upgrade through the control socket.
    @FunctionalInterface
    interface Client {
        void ask(Path control) throws Exception;
    }

    /// Generation 0 serves, and nothing is left of whatever was done to it.
    void check(String what) throws IOException {
        checkServing(what);
    }

    Path control() {
        return TinyServer.control(folder);
    }

    private UpgradeResult ask(Asking asking) {
        try {
            return asking.ask(server, TinyServer.control(folder), LIMIT);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T within(CompletableFuture<T> asked, String what) throws Exception {
        try {
            return asked.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no end in sight: " + what, e);
        } catch (ExecutionException e) {
            throw new AssertionError(what, e);
        }
    }

    /// Returns the successor's process.
    private long awaitExit(String what) throws Exception {
        Exit exit = within(CompletableFuture.supplyAsync(() -> {
            try {
                return server.ecdysis.awaitExit();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }, threads), what);
        assertThat(exit).as(what).isInstanceOf(Exit.Upgraded.class);
        server.close();
        return ((Exit.Upgraded) exit).successorPid();
    }

    private void checkServing(String what) throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(Answer.from(server.address()).generation()).as(what).isZero();
        }
        assertThat(Answer.from(server.oldAddress()).generation()).as(what).isZero();
        assertThat(Answer.from(TinyServer.path(folder)).generation()).as(what).isZero();
        assertThat(Answer.from(TinyServer.oldPath(folder)).generation()).as(what).isZero();
        assertThat(status().generation()).as(what).isZero();
        assertThat(Files.readString(folder.resolve("tiny.pid")).strip()).as(what)
                .isEqualTo(Long.toString(ProcessHandle.current().pid()));
        checkListening(ProcessHandle.current().pid(), what);
        await()
                .untilAsserted(() -> assertThat(status().state()).as(what).isEqualTo(ServerState.RUNNING));
        serving = serving.awaitNoMore(what);
        assertThat(files()).as(what).isEqualTo(files);
    }

    ServerStatus status() throws IOException {
        try (ControlClient client = ControlClient.connect(TinyServer.control(folder), LIMIT)) {
            return client.status();
        }
    }

    /// The call that fails in the successor may be one that answers: when it is committed at its first beat, what would
    /// have been the next beat is an answer. The client is lost to that call alone.
    private ServerStatus successorsStatus(InetSocketAddress address, String what) throws IOException {
        try {
            return status();
        } catch (ControlException e) {
            assertThat(Answer.from(address).injected()).as("why a client was lost: %s, %s", e, what).isTrue();
            return status();
        }
    }

    private Answer checkSuccessor(InetSocketAddress address, long pid, String what) throws IOException {
        Answer answer = Answer.from(address);
        for (int i = 0; i < 3; i++) {
            assertThat(answer.generation()).as(what).isEqualTo(1);
            assertThat(answer.pid()).as(what).isEqualTo(pid);
            answer = Answer.from(address);
        }
        assertThat(Answer.from(TinyServer.path(folder)).pid()).as(what).isEqualTo(pid);
        ServerStatus status = successorsStatus(address, what);
        assertThat(status.generation()).as(what).isEqualTo(1);
        assertThat(status.pid()).as(what).isEqualTo(pid);
        assertThat(Files.readString(folder.resolve("tiny.pid")).strip()).as(what).isEqualTo(Long.toString(pid));
        if (!answer.injected()) {
            // The answer to whoever asked may come before COMMITTED has been read, and what fails then may be this.
            await().untilAsserted(() -> {
                if (Fault.victim(folder).isEmpty()) {
                    checkListening(pid, what);
                }
            });
        }
        return answer;
    }

    /// Whom the kernel names to those who connect.
    private void checkListening(long pid, String what) throws PosixException {
        for (Path path : List.of(TinyServer.control(folder), TinyServer.path(folder))) {
            try (Fd client = LinuxPosix.open().socket(Linux.AF_UNIX, Linux.SOCK_STREAM, 0)) {
                LinuxPosix.open().connect(client, new SockAddr.Unix(path));
                assertThat(LinuxPosix.open().peerCredentials(client).pid()).as("who listens at %s, %s", path, what)
                        .isEqualTo((int) pid);
            }
        }
    }

    /// Ends the successor, after another upgrade if its fault may have left something behind.
    private void end(InetSocketAddress address, long pid, boolean upgradeOnce, String what) throws IOException {
        tell(Behaviour.SERVES, Fault.NONE);
        try (Fd pidfd = LinuxPosix.open().pidfdOpen((int) pid)) {
            if (upgradeOnce) {
                upgradeOnce(address, pidfd, what);
            } else {
                kill(pidfd);
            }
            reap(pidfd);
        }
    }

    private void upgradeOnce(InetSocketAddress address, Fd pidfd, String what) throws IOException {
        try (ControlClient client = ControlClient.connect(TinyServer.control(folder), LIMIT)) {
            UpgradeResult next = client.upgrade(progress -> {
            });
            assertThat(next).as("the next one, after " + what).isInstanceOf(UpgradeResult.Committed.class);
            endLast((int) ((UpgradeResult.Committed) next).pid(), () -> {
                awaitEnd(pidfd);
                assertThat(Answer.from(address).generation()).as(what).isEqualTo(2);
            });
        }
    }

    private interface Check {
        void run() throws IOException;
    }

    /// No child of this JVM's: whatever the check says, nobody else would end it.
    private static void endLast(int pid, Check check) throws IOException {
        try (Fd last = LinuxPosix.open().pidfdOpen(pid)) {
            try {
                check.run();
            } finally {
                kill(last);
            }
        }
    }

    /// Most of what is waited for has happened, and an attempt waits often.
    private static ConditionFactory await() {
        return Awaitility.await().atMost(LIMIT).pollDelay(Duration.ZERO).pollInterval(LOOK_AGAIN);
    }

    /// A child of this JVM, which would have ended too if it were the server. The predecessor may have done it.
    private static void reap(Fd pidfd) throws PosixException {
        try {
            LinuxPosix.open().waitid(pidfd);
        } catch (PosixException e) {
            if (!e.is(Errno.ECHILD)) {
                throw e;
            }
        }
    }

    /// Its sockets are closed when this returns.
    private static void kill(Fd pidfd) throws PosixException {
        try {
            LinuxPosix.open().pidfdSendSignal(pidfd, Linux.SIGKILL);
        } catch (PosixException e) {
            if (!e.is(Errno.ESRCH)) { // has ended by itself
                throw e;
            }
        }
        awaitEnd(pidfd);
    }

    private static void awaitEnd(Fd pidfd) throws PosixException {
        int ended = LinuxPosix.open().poll(List.of(new PollFd(pidfd, Linux.POLLIN)), (int) LIMIT.toMillis());
        assertThat(ended).as("processes that ended in time").isEqualTo(1);
    }

    @Override
    public void close() {
        server.close();
        threads.shutdown();
        // Its successor may have started one of its own.
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }
}
