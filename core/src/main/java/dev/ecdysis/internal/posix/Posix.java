package dev.ecdysis.internal.posix;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The system calls this library makes, with their C names and meanings: the one seam between it and the kernel.
///
/// Every method either succeeds or throws [PosixException] with the call, its object and errno; none returns -1.
/// `EINTR` is retried inside for the calls where that is safe, never for `close(2)`. All methods may be called
/// from any thread. Those that can block ([#poll], and reads or writes of blocking descriptors) pin the carrier
/// of a virtual thread, so call them from platform threads.
///
/// [dev.ecdysis.internal.libc.LinuxPosix] is the real one. Tests wrap it to make the Nth call fail.
public interface Posix {
    /// [socket(2)](https://man7.org/linux/man-pages/man2/socket.2.html). `SOCK_CLOEXEC` is always added.
    Fd socket(int domain, int type, int protocol) throws PosixException;

    /// [bind(2)](https://man7.org/linux/man-pages/man2/bind.2.html).
    void bind(Fd socket, SockAddr address) throws PosixException;

    /// [listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html).
    void listen(Fd socket, int backlog) throws PosixException;

    /// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html). On a non-blocking Unix stream socket this
    /// either connects at once or fails (`EAGAIN` when the backlog is full).
    void connect(Fd socket, SockAddr address) throws PosixException;

    /// [accept4(2)](https://man7.org/linux/man-pages/man2/accept4.2.html) with `SOCK_CLOEXEC | SOCK_NONBLOCK`;
    /// `EAGAIN` is thrown when no connection waits.
    Fd accept4(Fd listener) throws PosixException;

    /// [shutdown(2)](https://man7.org/linux/man-pages/man2/shutdown.2.html) with `SHUT_RD`, `SHUT_WR` or `SHUT_RDWR`.
    void shutdown(Fd socket, int how) throws PosixException;

    /// [getsockname(2)](https://man7.org/linux/man-pages/man2/getsockname.2.html).
    SockAddr getsockname(Fd socket) throws PosixException;

    /// [setsockopt(2)](https://man7.org/linux/man-pages/man2/setsockopt.2.html) with an `int` value.
    void setsockopt(Fd socket, int level, int option, int value) throws PosixException;

    /// [getsockopt(2)](https://man7.org/linux/man-pages/man2/getsockopt.2.html) of an `int` value.
    int getsockopt(Fd socket, int level, int option) throws PosixException;

    /// `SO_ATTACH_FILTER`: a classic BPF program, see [socket(7)](https://man7.org/linux/man-pages/man7/socket.7.html).
    /// Each long is one `struct sock_filter` packed as code (16 bits), jt (8), jf (8), k (32), highest first.
    void attachFilter(Fd socket, long... program) throws PosixException;

    /// `SO_PEERCRED`: who connected, see [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html). On a socket
    /// pair this names the creator and proves nothing.
    PeerCredentials peerCredentials(Fd socket) throws PosixException;

    /// [socketpair(2)](https://man7.org/linux/man-pages/man2/socketpair.2.html): a connected pair of Unix stream
    /// sockets, close-on-exec and non-blocking.
    FdPair socketpair() throws PosixException;

    /// [pipe2(2)](https://man7.org/linux/man-pages/man2/pipe2.2.html) with `O_CLOEXEC`, both ends blocking.
    FdPair pipe2() throws PosixException;

    /// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html), close-on-exec and non-blocking.
    Fd eventfd() throws PosixException;

    /// [sendmsg(2)](https://man7.org/linux/man-pages/man2/sendmsg.2.html) with `MSG_NOSIGNAL`, and `SCM_RIGHTS` when
    /// `descriptors` is not empty (at most 252). Sends from the buffer's position, advances it, and returns how many
    /// bytes went; when it returns at least 1, all descriptors went with the first of them. The caller keeps
    /// ownership of the descriptors. `EAGAIN` is thrown when the socket is full.
    int sendmsg(Fd socket, ByteBuffer bytes, List<Fd> descriptors) throws PosixException;

    /// [recvmsg(2)](https://man7.org/linux/man-pages/man2/recvmsg.2.html) with `MSG_CMSG_CLOEXEC`. Reads into the
    /// buffer's remaining space and advances its position. The result owns the descriptors that came; 0 bytes means
    /// end of stream. `EAGAIN` is thrown when nothing is there.
    Received recvmsg(Fd socket, ByteBuffer buffer) throws PosixException;

    /// The same of a datagram, with who sent it where `SO_PASSCRED` is set: see
    /// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html). The result owns the descriptors that came.
    /// `EAGAIN` is thrown when nothing is there.
    Datagram receiveDatagram(Fd socket, ByteBuffer buffer) throws PosixException;

    /// [read(2)](https://man7.org/linux/man-pages/man2/read.2.html); 0 means end of file.
    int read(Fd file, ByteBuffer buffer) throws PosixException;

    /// [write(2)](https://man7.org/linux/man-pages/man2/write.2.html); may write less than the buffer holds.
    int write(Fd file, ByteBuffer bytes) throws PosixException;

    /// [pread(2)](https://man7.org/linux/man-pages/man2/pread.2.html): reads from that offset, and leaves the one that all
    /// who hold the file share; 0 means end of file.
    int readAt(Fd file, ByteBuffer buffer, long offset) throws PosixException;

    /// [memfd_create(2)](https://man7.org/linux/man-pages/man2/memfd_create.2.html): an empty file in memory that can be
    /// sealed, close-on-exec and, from Linux 6.3 on, never to be executed.
    ///
    /// @param name what `/proc/PID/fd` shows; ASCII
    Fd memfdCreate(String name) throws PosixException;

    /// `fcntl(F_ADD_SEALS)`: forbids everybody these changes of a file in memory, for ever.
    void addSeals(Fd file, int seals) throws PosixException;

    /// `fcntl(F_GET_SEALS)`: what is forbidden. `EINVAL` is thrown for what is no file in memory.
    int seals(Fd file) throws PosixException;

    /// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html). Sets [PollFd#revents()] of each entry and
    /// returns how many are not 0. A timeout of -1 waits for ever, 0 not at all. Returns 0 early on `EINTR`.
    int poll(List<PollFd> set, int timeoutMillis) throws PosixException;

    /// [close(2)](https://man7.org/linux/man-pages/man2/close.2.html): only [Fd#close()] calls this.
    void close(int fd) throws PosixException;

    /// `fcntl(F_DUPFD_CLOEXEC)`: a new descriptor for the same open file description, close-on-exec.
    Fd duplicate(Fd fd) throws PosixException;

    /// [dup3(2)](https://man7.org/linux/man-pages/man2/dup3.2.html): makes `target` refer to what `source` refers to,
    /// atomically closing what `target` was. `closeOnExec` says whether the new descriptor crosses exec.
    void dup3(Fd source, int target, boolean closeOnExec) throws PosixException;

    /// `fcntl(F_SETFD, FD_CLOEXEC)` on a descriptor that came from outside.
    void setCloseOnExec(Fd fd) throws PosixException;

    /// `fcntl(F_SETFL)`: sets `O_NONBLOCK` on the open file description, which every process that holds it shares.
    void setNonBlocking(Fd fd) throws PosixException;

    /// [fchmod(2)](https://man7.org/linux/man-pages/man2/fchmod.2.html).
    void fchmod(Fd fd, int mode) throws PosixException;

    /// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html), close-on-exec by nature. The
    /// descriptor becomes readable for poll when the process has ended.
    Fd pidfdOpen(int pid) throws PosixException;

    /// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).
    void pidfdSendSignal(Fd pidfd, int signal) throws PosixException;

    /// [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html) with `P_PIDFD` and `WEXITED | WNOHANG`: reaps
    /// a child of ours that has ended. The result is its exit status, or 128 plus the signal that killed it, as a
    /// shell would say it; empty while it lives. `ECHILD` is thrown when it is not a child of ours.
    OptionalInt waitid(Fd pidfd) throws PosixException;

    /// `PIDFD_GET_INFO` of [ioctl(2)](https://man7.org/linux/man-pages/man2/ioctl.2.html), from Linux 6.15 on: the same of
    /// any process that has ended and was waited for by whoever had to. Empty while that is not so.
    ///
    /// @throws PosixException `ENOTTY` or `EINVAL` on an older kernel
    OptionalInt exitStatus(Fd pidfd) throws PosixException;

    /// [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html) with `P_ALL` and `WEXITED | WNOHANG`: reaps any
    /// child that has ended, those adopted included. Empty while all live; `ECHILD` is thrown when there is none. Whoever
    /// calls this must be the only one in this process that waits for children.
    Optional<Reaped> reapAny() throws PosixException;

    /// `PR_SET_CHILD_SUBREAPER`, see [prctl(2)](https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html):
    /// from now on what descends from this process is adopted by it.
    void becomeSubreaper() throws PosixException;

    /// [pthread_sigmask(3)](https://man7.org/linux/man-pages/man3/pthread_sigmask.3.html) with `SIG_BLOCK`, for the
    /// thread that calls; a mask crosses exec.
    ///
    /// @param set bit N-1 stands for signal N
    void blockSignals(long set) throws PosixException;

    /// [signal(2)](https://man7.org/linux/man-pages/man2/signal.2.html) with `SIG_DFL`: what is ignored stays so across
    /// exec otherwise.
    void defaultSignal(int signal) throws PosixException;

    /// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html), close-on-exec and non-blocking: reads as
    /// 128 bytes for each signal that has come while it was blocked.
    ///
    /// @param set bit N-1 stands for signal N
    Fd signalfd(long set) throws PosixException;

    /// [execve(2)](https://man7.org/linux/man-pages/man2/execve.2.html): this process becomes that program, with the
    /// signal mask of the calling thread and no descriptor above 2. Returns only by throwing; then every descriptor above
    /// 2 is close-on-exec.
    void exec(String program, List<byte[]> arguments, List<byte[]> environment) throws PosixException;

    /// [posix_spawn(3)](https://man7.org/linux/man-pages/man3/posix_spawn.3.html) with an empty signal mask, default
    /// dispositions for all signals but those that were ignored, and no descriptor but those named in the request.
    /// Returns the pid, after exec. With [setsid(2)](https://man7.org/linux/man-pages/man2/setsid.2.html) before that, if
    /// the request says so.
    ///
    /// Where libc has no `posix_spawn_file_actions_addclosefrom_np`, every descriptor of this process above 2 is made
    /// close-on-exec first, and stays so; see [#spawnMayLeak]. `ENOSYS` is thrown when the kernel cannot do that.
    int spawn(SpawnRequest request) throws PosixException;

    /// Whether a descriptor that another thread opens while [#spawn] runs may cross exec all the same. The JDK opens
    /// its sockets without close-on-exec, so the caller has to look whether one did.
    boolean spawnMayLeak();

    /// Writes [/proc/PID/oom_score_adj](https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html). Lowering it
    /// to where it was needs no privilege.
    ///
    /// @param score from -1000, never taken when memory runs out, to 1000, taken first
    void setOutOfMemoryScore(long pid, int score) throws PosixException;

    /// [sched_getscheduler(2)](https://man7.org/linux/man-pages/man2/sched_setscheduler.2.html): the scheduling policy
    /// of a thread.
    ///
    /// @param thread its number, or 0 for the thread that calls
    int schedulerOf(int thread) throws PosixException;

    /// [sched_setscheduler(2)](https://man7.org/linux/man-pages/man2/sched_setscheduler.2.html) with a policy that has
    /// no priorities of its own; the nice value stays as it is. `EPERM` is thrown when the thread may not leave
    /// `SCHED_IDLE`.
    ///
    /// @param thread its number, or 0 for the thread that calls
    void setScheduler(int thread, int policy) throws PosixException;

    /// [getpriority(2)](https://man7.org/linux/man-pages/man2/getpriority.2.html): the nice value of the thread that
    /// calls, from -20, which comes first, to 19.
    int nice() throws PosixException;

    /// [sched_setattr(2)](https://man7.org/linux/man-pages/man2/sched_setattr.2.html): gives the thread that calls, whose
    /// policy is `SCHED_OTHER`, this nice value, with `SCHED_FLAG_RESET_ON_FORK`: what it starts does not inherit a
    /// negative one. `EPERM` is thrown when it may not come before others.
    void setNice(int nice) throws PosixException;

    /// [geteuid(2)](https://man7.org/linux/man-pages/man2/geteuid.2.html).
    int geteuid();

    /// [environ(7)](https://man7.org/linux/man-pages/man7/environ.7.html): each `NAME=value` that the C library has now, 8
    /// MiB at most. Unlike [System#getenv()] this leaves the environment of later children to the C library.
    List<byte[]> environment() throws PosixException;

    /// [unsetenv(3)](https://man7.org/linux/man-pages/man3/unsetenv.3.html): removes a variable from what the JVM's
    /// later children see, as long as nobody has called [System#getenv()] before.
    void unsetenv(String name) throws PosixException;
}
