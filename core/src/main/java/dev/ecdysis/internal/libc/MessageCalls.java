package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Datagram;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Received;
import dev.ecdysis.internal.thread.Survival;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Bytes and descriptors over a Unix socket.
final class MessageCalls {
    private static final int MSG_CTRUNC = 0x8;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    /// Room for the most descriptors that any sender can put into one message.
    private static final int RIGHTS_SPACE = MessageLayout.controlSpace(253 * Integer.BYTES);

    /// Room for messages of other kinds, which the kernel writes first: they must not push descriptors out.
    private static final int OTHER_SPACE = 256;

    private final Posix owner;
    private final Libc libc;
    private final int controlSpace;

    MessageCalls(Posix owner, Libc libc) {
        this(owner, libc, RIGHTS_SPACE + OTHER_SPACE);
    }

    /// @param controlSpace the size of the control buffer; tests make it too small
    MessageCalls(Posix owner, Libc libc, int controlSpace) {
        this.owner = owner;
        this.libc = libc;
        this.controlSpace = controlSpace;
    }

    int sendmsg(Fd socket, ByteBuffer bytes, List<Fd> descriptors) throws PosixException {
        if (!bytes.hasRemaining()) {
            throw new IllegalArgumentException("nothing to send; descriptors travel with at least one byte");
        }
        if (descriptors.size() > Linux.SCM_MAX_FD) {
            throw new IllegalArgumentException(
                    descriptors.size() + " descriptors in one message; at most " + Linux.SCM_MAX_FD + " fit");
        }
        try (Call call = libc.call("sendmsg")) {
            Memory payload = Payload.of(call, bytes);
            Memory header = descriptors.isEmpty() ? MessageLayout.header(call, payload)
                    : MessageLayout.header(call, payload, MessageLayout.rights(call, descriptors));
            // ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags);
            long sent = call.invokeLongUninterrupted(socket.number(), header.address(), MSG_NOSIGNAL);
            if (sent < 0) {
                throw call.failure(
                        socket + ", " + payload.size() + " bytes, " + descriptors.size() + " descriptors");
            }
            bytes.position(bytes.position() + (int) sent);
            return (int) sent;
        }
    }

    Received recvmsg(Fd socket, ByteBuffer buffer) throws PosixException {
        try (Call call = libc.call("recvmsg")) {
            Memory payload = Payload.room(call, buffer);
            Memory control = call.allocate(controlSpace);
            Memory header = MessageLayout.header(call, payload, control);
            int received = receive(call, socket, header);
            // Own what came before anything else can fail.
            List<Fd> descriptors = own(header, control);
            boolean truncated = (MessageLayout.flags(header) & MSG_CTRUNC) != 0;
            Payload.copyOut(payload, received, buffer);
            return received(received, descriptors, truncated);
        }
    }

    private static int receive(Call call, Fd socket, Memory header) throws PosixException {
        // ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags);
        long received = call.invokeLongUninterrupted(socket.number(), header.address(), MSG_CMSG_CLOEXEC);
        if (received < 0) {
            throw call.failure(socket.toString());
        }
        return (int) received;
    }

    private static Received received(int bytes, List<Fd> descriptors, boolean truncated) {
        for (int tries = 1;; tries++) {
            try {
                return new Received(bytes, descriptors, truncated);
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    Datagram receiveDatagram(Fd socket, ByteBuffer buffer) throws PosixException {
        try (Call call = libc.call("recvmsg")) {
            Memory payload = Payload.room(call, buffer);
            Memory control = call.allocate(controlSpace);
            Memory header = MessageLayout.header(call, payload, control);
            int received = receive(call, socket, header);
            List<Fd> descriptors = own(header, control);
            boolean truncated = (MessageLayout.flags(header) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
            Payload.copyOut(payload, received, buffer);
            return new Datagram(MessageLayout.sender(header, control), descriptors, truncated);
        }
    }

    /// Nobody else knows of them, so this waits until there is memory for it.
    private List<Fd> own(Memory header, Memory control) {
        for (int tries = 1;; tries++) {
            try {
                List<Fd> descriptors = new ArrayList<>();
                for (int number : MessageLayout.descriptors(header, control)) {
                    descriptors.add(Fd.own(owner, number));
                }
                return descriptors;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }
}
