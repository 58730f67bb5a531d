package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Datagram;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.PeerCredentials;
import dev.ecdysis.internal.posix.PollFd;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Reaped;
import dev.ecdysis.internal.posix.Received;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.posix.SpawnRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The system calls of the Linux this JVM runs on, made through the Foreign Function & Memory API.
///
/// Thread-safe and without state that changes. One handle serves all calls, and linking it is what costs at start:
/// so there is one instance, made when it is first asked for.
public final class LinuxPosix implements Posix {
    private static final Object LOCK = new Object();
    private static volatile @Nullable LinuxPosix instance;

    private final SocketCalls sockets;
    private final OptionCalls options;
    private final MessageCalls messages;
    private final FileCalls files;
    private final SealedFileCalls sealedFiles;
    private final ProcessCalls processes;
    private final SignalCalls signals;
    private final SpawnCalls spawning;
    private final OutOfMemoryCalls outOfMemory;

    private LinuxPosix(Libc libc, SpawnMethod way) {
        sockets = new SocketCalls(this, libc);
        options = new OptionCalls(libc);
        messages = new MessageCalls(this, libc);
        files = new FileCalls(this, libc);
        sealedFiles = new SealedFileCalls(this, libc);
        processes = new ProcessCalls(this, libc);
        signals = new SignalCalls(this, libc);
        spawning = new SpawnCalls(libc, files, way);
        outOfMemory = new OutOfMemoryCalls(this, libc);
    }

    /// The one instance.
    ///
    /// @throws PosixUnavailableException when this is not a supported system, or native access is denied; the message
    ///         names the flag that allows it. Or when a system property asks for what there is not
    public static LinuxPosix open() {
        LinuxPosix known = instance;
        if (known != null) {
            return known;
        }
        synchronized (LOCK) {
            LinuxPosix made = instance;
            if (made == null) {
                Platform.check(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
                made = new LinuxPosix(Libc.link(), SpawnMethod.asked());
                instance = made;
            }
            return made;
        }
    }

    /// One that starts processes in this way, whatever the system property says.
    static LinuxPosix spawning(SpawnMethod way) {
        return new LinuxPosix(Libc.link(), way);
    }

    @Override
    public Fd socket(int domain, int type, int protocol) throws PosixException {
        return sockets.socket(domain, type, protocol);
    }

    @Override
    public void bind(Fd socket, SockAddr address) throws PosixException {
        sockets.bind(socket, address);
    }

    @Override
    public void listen(Fd socket, int backlog) throws PosixException {
        sockets.listen(socket, backlog);
    }

    @Override
    public void connect(Fd socket, SockAddr address) throws PosixException {
        sockets.connect(socket, address);
    }

    @Override
    public Fd accept4(Fd listener) throws PosixException {
        return sockets.accept4(listener);
    }

    @Override
    public void shutdown(Fd socket, int how) throws PosixException {
        sockets.shutdown(socket, how);
    }

    @Override
    public SockAddr getsockname(Fd socket) throws PosixException {
        return sockets.getsockname(socket);
    }

    @Override
    public FdPair socketpair() throws PosixException {
        return sockets.socketpair();
    }

    @Override
    public void setsockopt(Fd socket, int level, int option, int value) throws PosixException {
        options.setsockopt(socket, level, option, value);
    }

    @Override
    public int getsockopt(Fd socket, int level, int option) throws PosixException {
        return options.getsockopt(socket, level, option);
    }

    @Override
    public void attachFilter(Fd socket, long... program) throws PosixException {
        options.attachFilter(socket, program);
    }

    @Override
    public PeerCredentials peerCredentials(Fd socket) throws PosixException {
        return options.peerCredentials(socket);
    }

    @Override
    public int sendmsg(Fd socket, ByteBuffer bytes, List<Fd> descriptors) throws PosixException {
        return messages.sendmsg(socket, bytes, descriptors);
    }

    @Override
    public Received recvmsg(Fd socket, ByteBuffer buffer) throws PosixException {
        return messages.recvmsg(socket, buffer);
    }

    @Override
    public Datagram receiveDatagram(Fd socket, ByteBuffer buffer) throws PosixException {
        return messages.receiveDatagram(socket, buffer);
    }

    @Override
    public FdPair pipe2() throws PosixException {
        return files.pipe2();
    }

    @Override
    public Fd eventfd() throws PosixException {
        return files.eventfd();
    }

    @Override
    public int read(Fd file, ByteBuffer buffer) throws PosixException {
        return files.read(file, buffer);
    }

    @Override
    public int write(Fd file, ByteBuffer bytes) throws PosixException {
        return files.write(file, bytes);
    }

    @Override
    public int readAt(Fd file, ByteBuffer buffer, long offset) throws PosixException {
        return sealedFiles.readAt(file, buffer, offset);
    }

    @Override
    public Fd memfdCreate(String name) throws PosixException {
        return sealedFiles.memfdCreate(name);
    }

    @Override
    public void addSeals(Fd file, int seals) throws PosixException {
        sealedFiles.addSeals(file, seals);
    }

    @Override
    public int seals(Fd file) throws PosixException {
        return sealedFiles.seals(file);
    }

    @Override
    public int poll(List<PollFd> set, int timeoutMillis) throws PosixException {
        return files.poll(set, timeoutMillis);
    }

    @Override
    public void close(int fd) throws PosixException {
        files.close(fd);
    }

    @Override
    public Fd duplicate(Fd fd) throws PosixException {
        return files.duplicate(fd);
    }

    @Override
    public void dup3(Fd source, int target, boolean closeOnExec) throws PosixException {
        files.dup3(source, target, closeOnExec);
    }

    @Override
    public void setCloseOnExec(Fd fd) throws PosixException {
        files.setCloseOnExec(fd);
    }

    @Override
    public void setNonBlocking(Fd fd) throws PosixException {
        files.setNonBlocking(fd);
    }

    @Override
    public void fchmod(Fd fd, int mode) throws PosixException {
        files.fchmod(fd, mode);
    }

    @Override
    public Fd pidfdOpen(int pid) throws PosixException {
        return processes.pidfdOpen(pid);
    }

    @Override
    public void pidfdSendSignal(Fd pidfd, int signal) throws PosixException {
        processes.pidfdSendSignal(pidfd, signal);
    }

    @Override
    public OptionalInt waitid(Fd pidfd) throws PosixException {
        return processes.waitid(pidfd);
    }

    @Override
    public OptionalInt exitStatus(Fd pidfd) throws PosixException {
        return processes.exitStatus(pidfd);
    }

    @Override
    public Optional<Reaped> reapAny() throws PosixException {
        return processes.reapAny();
    }

    @Override
    public void becomeSubreaper() throws PosixException {
        processes.becomeSubreaper();
    }

    @Override
    public void blockSignals(long set) throws PosixException {
        signals.block(set);
    }

    @Override
    public void defaultSignal(int signal) throws PosixException {
        signals.byDefault(signal);
    }

    @Override
    public Fd signalfd(long set) throws PosixException {
        return signals.signalfd(set);
    }

    @Override
    public void exec(String program, List<byte[]> arguments, List<byte[]> environment) throws PosixException {
        spawning.exec(program, arguments, environment);
    }

    @Override
    public int spawn(SpawnRequest request) throws PosixException {
        return spawning.spawn(request);
    }

    @Override
    public boolean spawnMayLeak() {
        return spawning.mayLeak();
    }

    @Override
    public void setOutOfMemoryScore(long pid, int score) throws PosixException {
        outOfMemory.setScore(pid, score);
    }

    @Override
    public int schedulerOf(int thread) throws PosixException {
        return processes.schedulerOf(thread);
    }

    @Override
    public void setScheduler(int thread, int policy) throws PosixException {
        processes.setScheduler(thread, policy);
    }

    @Override
    public int nice() throws PosixException {
        return processes.nice();
    }

    @Override
    public void setNice(int nice) throws PosixException {
        processes.setNice(nice);
    }

    @Override
    public int geteuid() {
        return processes.geteuid();
    }

    @Override
    public List<byte[]> environment() throws PosixException {
        return processes.environment();
    }

    @Override
    public void unsetenv(String name) throws PosixException {
        processes.unsetenv(name);
    }
}
