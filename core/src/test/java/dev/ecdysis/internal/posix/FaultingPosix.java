package dev.ecdysis.internal.posix;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/// A twin of another [Posix] that counts the calls, makes the Nth fail, and knows which descriptors are open.
///
/// A test runs what it tests with N = 1, 2, ... until [#injected()] is empty: then the run had fewer than N calls,
/// and every one of them has failed once. A call that is made to fail does not reach the kernel. `close` and
/// `geteuid`, which cannot fail in a way that matters, are recorded but not counted.
///
/// Thread-safe.
public final class FaultingPosix implements Posix {
    private final Posix real;
    private final List<String> calls = new ArrayList<>();
    private final List<Fd> handedOut = new ArrayList<>();
    private final AtomicReference<Optional<PosixException>> injected = new AtomicReference<>(
            Optional.empty());
    private int counted;
    private int failAt;
    private Optional<Errno> failWith = Optional.empty();
    private Optional<Predicate<ByteBuffer>> breaksAfter = Optional.empty();
    private String only = "";
    private Runnable onInjected = () -> {
    };

    public FaultingPosix(Posix real) {
        this.real = real;
    }

    /// Makes the Nth call from now on fail, with the errno that is the most likely for it. 0: none.
    public synchronized FaultingPosix failAt(int n) {
        counted = 0;
        failAt = n;
        only = "";
        failWith = Optional.empty();
        breaksAfter = Optional.empty();
        injected.set(Optional.empty());
        return this;
    }

    /// Makes the Nth call of that name from now on fail: what a run with threads repeats better than a count of all.
    public synchronized FaultingPosix failAt(String call, int n) {
        failAt(n);
        only = call;
        return this;
    }

    /// The same with an errno of the test's choice.
    public synchronized FaultingPosix failAt(int n, Errno errno) {
        failAt(n);
        failWith = Optional.of(errno);
        return this;
    }

    /// The same with an errno of the test's choice.
    public synchronized FaultingPosix failAt(String call, int n, Errno errno) {
        failAt(call, n);
        failWith = Optional.of(errno);
        return this;
    }

    /// The Nth `recvmsg` from now on finds its connection broken, for the peer as well, as when that has crashed: what was
    /// sent and not read is lost.
    ///
    /// @param last what is read nevertheless, as the last that comes; it is shown the buffer, flipped
    public synchronized FaultingPosix breakAtRecvmsg(int n, Errno errno, Predicate<ByteBuffer> last) {
        failAt("recvmsg", n, errno);
        breaksAfter = Optional.of(last);
        return this;
    }

    /// Runs this as soon as a failure is injected: whoever fails may not live to tell.
    public synchronized FaultingPosix onInjected(Runnable action) {
        onInjected = action;
        return this;
    }

    /// The failure that was injected, once it was.
    public Optional<PosixException> injected() {
        return injected.get();
    }

    /// The names of all calls so far, in order, `close` included.
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /// The descriptors handed out by this and neither closed nor released: empty when nothing leaks.
    public synchronized List<Fd> openDescriptors() {
        handedOut.removeIf(fd -> !fd.isOpen());
        return List.copyOf(handedOut);
    }

    private void enter(String call) throws PosixException {
        Optional<PosixException> failure = due(call);
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private synchronized Optional<PosixException> due(String call) {
        calls.add(call);
        if (!only.isEmpty() && !only.equals(call)) {
            return Optional.empty();
        }
        counted++;
        if (counted != failAt) {
            return Optional.empty();
        }
        Optional<PosixException> failure = Optional
                .of(new PosixException(call, "injected at call " + counted, failWith.orElse(usualErrno(call))));
        injected.set(failure);
        onInjected.run();
        return failure;
    }

    private synchronized Optional<Predicate<ByteBuffer>> breaksAfter() {
        return breaksAfter;
    }

    private static Errno usualErrno(String call) {
        return switch (call) {
            case "socket", "accept4", "socketpair", "pipe2", "eventfd", "duplicate", "dup3", "pidfdOpen", "signalfd",
                    "memfdCreate" ->
                Errno.EMFILE;
            case "bind", "listen" -> Errno.EADDRINUSE;
            case "connect" -> Errno.ECONNREFUSED;
            case "sendmsg", "write" -> Errno.EPIPE;
            case "recvmsg", "receiveDatagram", "read" -> Errno.ECONNRESET;
            case "setsockopt", "getsockopt", "attachFilter", "peerCredentials" -> Errno.ENOPROTOOPT;
            case "getsockname" -> Errno.ENOBUFS;
            case "shutdown" -> Errno.ENOTCONN;
            case "fchmod" -> Errno.EPERM;
            case "pidfdSendSignal" -> Errno.ESRCH;
            case "defaultSignal", "becomeSubreaper", "blockSignals" -> Errno.EINVAL;
            case "exec" -> Errno.ENOENT;
            case "waitid", "reapAny" -> Errno.ECHILD;
            default -> Errno.ENOMEM;
        };
    }

    /// Takes a descriptor over from the real one, so that its close comes through here.
    private synchronized Fd mine(Fd theirs) {
        Fd fd = Fd.own(this, theirs.release());
        handedOut.removeIf(old -> !old.isOpen());
        handedOut.add(fd);
        return fd;
    }

    private FdPair mine(FdPair theirs) {
        return new FdPair(mine(theirs.first()), mine(theirs.second()));
    }

    @Override
    public Fd socket(int domain, int type, int protocol) throws PosixException {
        enter("socket");
        return mine(real.socket(domain, type, protocol));
    }

    @Override
    public void bind(Fd socket, SockAddr address) throws PosixException {
        enter("bind");
        real.bind(socket, address);
    }

    @Override
    public void listen(Fd socket, int backlog) throws PosixException {
        enter("listen");
        real.listen(socket, backlog);
    }

    @Override
    public void connect(Fd socket, SockAddr address) throws PosixException {
        enter("connect");
        real.connect(socket, address);
    }

    @Override
    public Fd accept4(Fd listener) throws PosixException {
        enter("accept4");
        return mine(real.accept4(listener));
    }

    @Override
    public void shutdown(Fd socket, int how) throws PosixException {
        enter("shutdown");
        real.shutdown(socket, how);
    }

    @Override
    public SockAddr getsockname(Fd socket) throws PosixException {
        enter("getsockname");
        return real.getsockname(socket);
    }

    @Override
    public void setsockopt(Fd socket, int level, int option, int value) throws PosixException {
        enter("setsockopt");
        real.setsockopt(socket, level, option, value);
    }

    @Override
    public int getsockopt(Fd socket, int level, int option) throws PosixException {
        enter("getsockopt");
        return real.getsockopt(socket, level, option);
    }

    @Override
    public void attachFilter(Fd socket, long... program) throws PosixException {
        enter("attachFilter");
        real.attachFilter(socket, program);
    }

    @Override
    public PeerCredentials peerCredentials(Fd socket) throws PosixException {
        enter("peerCredentials");
        return real.peerCredentials(socket);
    }

    @Override
    public FdPair socketpair() throws PosixException {
        enter("socketpair");
        return mine(real.socketpair());
    }

    @Override
    public FdPair pipe2() throws PosixException {
        enter("pipe2");
        return mine(real.pipe2());
    }

    @Override
    public Fd eventfd() throws PosixException {
        enter("eventfd");
        return mine(real.eventfd());
    }

    @Override
    public int sendmsg(Fd socket, ByteBuffer bytes, List<Fd> descriptors) throws PosixException {
        enter("sendmsg");
        return real.sendmsg(socket, bytes, descriptors);
    }

    @Override
    public Received recvmsg(Fd socket, ByteBuffer buffer) throws PosixException {
        Optional<PosixException> failure = due("recvmsg");
        if (failure.isPresent()) {
            return receiveFromBroken(socket, buffer, failure.get());
        }
        return mine(real.recvmsg(socket, buffer));
    }

    private Received mine(Received received) {
        return new Received(received.bytes(), received.descriptors().stream().map(this::mine).toList(),
                received.truncated());
    }

    /// Shut down first: after that nothing more comes, so what is read here is the last there was.
    private Received receiveFromBroken(Fd socket, ByteBuffer buffer, PosixException failure) throws PosixException {
        Optional<Predicate<ByteBuffer>> last = breaksAfter();
        if (last.isEmpty()) {
            throw failure;
        }
        Received received;
        try {
            real.shutdown(socket, Linux.SHUT_RDWR);
            received = mine(real.recvmsg(socket, buffer));
        } catch (PosixException e) {
            throw failure;
        }
        if (last.get().test(buffer.duplicate().flip())) {
            return received;
        }
        received.descriptors().forEach(Fd::close);
        throw failure;
    }

    @Override
    public Datagram receiveDatagram(Fd socket, ByteBuffer buffer) throws PosixException {
        enter("receiveDatagram");
        Datagram received = real.receiveDatagram(socket, buffer);
        return new Datagram(received.sender(), received.descriptors().stream().map(this::mine).toList(),
                received.truncated());
    }

    @Override
    public Optional<Reaped> reapAny() throws PosixException {
        enter("reapAny");
        return real.reapAny();
    }

    @Override
    public void becomeSubreaper() throws PosixException {
        enter("becomeSubreaper");
        real.becomeSubreaper();
    }

    @Override
    public void blockSignals(long set) throws PosixException {
        enter("blockSignals");
        real.blockSignals(set);
    }

    @Override
    public void defaultSignal(int signal) throws PosixException {
        enter("defaultSignal");
        real.defaultSignal(signal);
    }

    @Override
    public Fd signalfd(long set) throws PosixException {
        enter("signalfd");
        return mine(real.signalfd(set));
    }

    @Override
    public void exec(String program, List<byte[]> arguments, List<byte[]> environment) throws PosixException {
        enter("exec");
        real.exec(program, arguments, environment);
    }

    @Override
    public int read(Fd file, ByteBuffer buffer) throws PosixException {
        enter("read");
        return real.read(file, buffer);
    }

    @Override
    public int write(Fd file, ByteBuffer bytes) throws PosixException {
        enter("write");
        return real.write(file, bytes);
    }

    @Override
    public int readAt(Fd file, ByteBuffer buffer, long offset) throws PosixException {
        enter("readAt");
        return real.readAt(file, buffer, offset);
    }

    @Override
    public Fd memfdCreate(String name) throws PosixException {
        enter("memfdCreate");
        return mine(real.memfdCreate(name));
    }

    @Override
    public void addSeals(Fd file, int seals) throws PosixException {
        enter("addSeals");
        real.addSeals(file, seals);
    }

    @Override
    public int seals(Fd file) throws PosixException {
        enter("seals");
        return real.seals(file);
    }

    @Override
    public int poll(List<PollFd> set, int timeoutMillis) throws PosixException {
        enter("poll");
        return real.poll(set, timeoutMillis);
    }

    @Override
    public void close(int fd) throws PosixException {
        synchronized (this) {
            calls.add("close");
        }
        real.close(fd);
    }

    @Override
    public Fd duplicate(Fd fd) throws PosixException {
        enter("duplicate");
        return mine(real.duplicate(fd));
    }

    @Override
    public void dup3(Fd source, int target, boolean closeOnExec) throws PosixException {
        enter("dup3");
        real.dup3(source, target, closeOnExec);
    }

    @Override
    public void setCloseOnExec(Fd fd) throws PosixException {
        enter("setCloseOnExec");
        real.setCloseOnExec(fd);
    }

    @Override
    public void setNonBlocking(Fd fd) throws PosixException {
        enter("setNonBlocking");
        real.setNonBlocking(fd);
    }

    @Override
    public void fchmod(Fd fd, int mode) throws PosixException {
        enter("fchmod");
        real.fchmod(fd, mode);
    }

    @Override
    public Fd pidfdOpen(int pid) throws PosixException {
        enter("pidfdOpen");
        return mine(real.pidfdOpen(pid));
    }

    @Override
    public int schedulerOf(int thread) throws PosixException {
        enter("schedulerOf");
        return real.schedulerOf(thread);
    }

    @Override
    public void setScheduler(int thread, int policy) throws PosixException {
        enter("setScheduler");
        real.setScheduler(thread, policy);
    }

    @Override
    public int nice() throws PosixException {
        enter("nice");
        return real.nice();
    }

    @Override
    public void setNice(int nice) throws PosixException {
        enter("setNice");
        real.setNice(nice);
    }

    @Override
    public void pidfdSendSignal(Fd pidfd, int signal) throws PosixException {
        enter("pidfdSendSignal");
        real.pidfdSendSignal(pidfd, signal);
    }

    @Override
    public OptionalInt waitid(Fd pidfd) throws PosixException {
        enter("waitid");
        return real.waitid(pidfd);
    }

    @Override
    public OptionalInt exitStatus(Fd pidfd) throws PosixException {
        enter("exitStatus");
        return real.exitStatus(pidfd);
    }

    @Override
    public int spawn(SpawnRequest request) throws PosixException {
        enter("spawn");
        return real.spawn(request);
    }

    @Override
    public boolean spawnMayLeak() {
        return real.spawnMayLeak();
    }

    @Override
    public void setOutOfMemoryScore(long pid, int score) throws PosixException {
        enter("setOutOfMemoryScore");
        real.setOutOfMemoryScore(pid, score);
    }

    @Override
    public int geteuid() {
        synchronized (this) {
            calls.add("geteuid");
        }
        return real.geteuid();
    }

    @Override
    public List<byte[]> environment() throws PosixException {
        enter("environment");
        return real.environment();
    }

    @Override
    public void unsetenv(String name) throws PosixException {
        enter("unsetenv");
        real.unsetenv(name);
    }
}
