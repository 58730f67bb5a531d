package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.PeerCredentials;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `struct msghdr`, its one `struct iovec` and its `struct cmsghdr`s, as the kernel of a 64-bit Linux has them. musl
/// declares some lengths as 32 bits and padding: in little-endian order, that is the same memory.
final class MessageLayout {
    private static final int IOV_BASE = 0;
    private static final int IOV_LEN = 8;
    private static final int IOVEC_SIZE = 16;

    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int MSGHDR_SIZE = 56;

    private static final int CMSG_LEN = 0;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;

    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;
    private static final int UCRED_SIZE = 12;

    private MessageLayout() {
    }

    /// A message header, with its vector behind it, that points at the bytes.
    static Memory header(Call call, Memory payload) {
        Memory header = call.allocate(MSGHDR_SIZE + IOVEC_SIZE);
        header.bytes().putLong(MSG_IOV, header.address() + MSGHDR_SIZE).putLong(MSG_IOVLEN, 1);
        header.bytes().putLong(MSGHDR_SIZE + IOV_BASE, payload.address());
        header.bytes().putLong(MSGHDR_SIZE + IOV_LEN, payload.size());
        return header;
    }

    /// One that points at control messages, too.
    static Memory header(Call call, Memory payload, Memory control) {
        Memory header = header(call, payload);
        header.bytes().putLong(MSG_CONTROL, control.address()).putLong(MSG_CONTROLLEN, control.size());
        return header;
    }

    /// `CMSG_SPACE`: what a control message with that much data occupies, padding included.
    static int controlSpace(int dataLength) {
        return CMSG_DATA + align(dataLength);
    }

    /// One `SCM_RIGHTS` message with these descriptors, at least one.
    static Memory rights(Call call, List<Fd> descriptors) {
        int dataLength = descriptors.size() * Integer.BYTES;
        Memory control = call.allocate(controlSpace(dataLength));
        ByteBuffer bytes = control.bytes();
        bytes.putLong(CMSG_LEN, CMSG_DATA + dataLength);
        bytes.putInt(CMSG_LEVEL, Linux.SOL_SOCKET).putInt(CMSG_TYPE, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            bytes.putInt(CMSG_DATA + i * Integer.BYTES, descriptors.get(i).number());
        }
        return control;
    }

    static int flags(Memory header) {
        return header.bytes().getInt(MSG_FLAGS);
    }

    /// The descriptors in the control messages the kernel wrote. Messages of another kind (credentials, timestamps)
    /// come when the socket was told to deliver them, and are stepped over.
    static List<Integer> descriptors(Memory header, Memory control) {
        List<Integer> numbers = new ArrayList<>();
        for (ByteBuffer data : ofKind(SCM_RIGHTS, header, control)) {
            while (data.remaining() >= Integer.BYTES) {
                numbers.add(data.getInt());
            }
        }
        return numbers;
    }

    /// `struct ucred` of the sender, which the kernel has checked; empty without `SO_PASSCRED`.
    static Optional<PeerCredentials> sender(Memory header, Memory control) {
        for (ByteBuffer data : ofKind(SCM_CREDENTIALS, header, control)) {
            if (data.remaining() >= UCRED_SIZE) {
                return Optional.of(new PeerCredentials(data.getInt(), data.getInt(), data.getInt()));
            }
        }
        return Optional.empty();
    }

    /// The data of each control message of a kind.
    private static List<ByteBuffer> ofKind(int type, Memory header, Memory control) {
        ByteBuffer bytes = control.bytes();
        long end = Math.min(header.bytes().getLong(MSG_CONTROLLEN), control.size());
        List<ByteBuffer> found = new ArrayList<>();
        long at = 0;
        while (at + CMSG_DATA <= end) {
            int offset = (int) at;
            long length = bytes.getLong(offset + CMSG_LEN);
            if (length < CMSG_DATA || length > end - at) {
                break;
            }
            if (bytes.getInt(offset + CMSG_LEVEL) == Linux.SOL_SOCKET && bytes.getInt(offset + CMSG_TYPE) == type) {
                found.add(bytes.slice(offset + CMSG_DATA, (int) length - CMSG_DATA).order(bytes.order()));
            }
            at += align((int) length);
        }
        return found;
    }

    private static int align(int length) {
        return (length + 7) & ~7;
    }
}
