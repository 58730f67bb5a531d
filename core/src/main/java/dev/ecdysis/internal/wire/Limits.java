package dev.ecdysis.internal.wire;

/// How large anything may be. A peer that passes one of these is cut off before anything is allocated for it.
public final class Limits {
    /// Bytes of a frame, header included, from a peer that has not been accepted yet.
    public static final int STRANGER_FRAME = 4 * 1024;
    /// Bytes of a frame, header included.
    public static final int FRAME = 1024 * 1024;
    /// Descriptors of one frame: the kernel takes 253 in one `sendmsg(2)`, and musl 252.
    public static final int DESCRIPTORS = 252;
    /// Characters of the word for a kind of socket.
    static final int KIND = 32;
    /// Pipes that are handed over: what older generations passed on, and their successors go on with.
    public static final int PIPES = 64;
    /// Fields on one level, and so the entries of any list. Kubernetes gives a container seven environment
    /// variables for each service of its namespace, so a few thousand would not do.
    static final int FIELDS = 16 * 1024;
    /// Bytes of a launch description in a file of its own. Linux executes nothing with more than 6 MiB of arguments and
    /// environment, see execve(2), and what it can execute can be handed on.
    public static final int LAUNCH_FILE = 8 * 1024 * 1024;
    /// Its arguments and variables. Each costs a pointer as well in these 6 MiB, so there are fewer.
    public static final int LAUNCH_WORDS = 1024 * 1024;
    /// Bytes of a launch description that travels in WELCOME, as they are encoded there: with everything else that WELCOME
    /// has they fit into a frame.
    static final int LAUNCH_IN_FRAME = 512 * 1024;
    /// Words of a command that an operator gives for an upgrade. With their bytes they always fit into a stranger's frame.
    static final int COMMAND_WORDS = 128;
    /// Bytes of these words together.
    static final int COMMAND_BYTES = 2_560;
    /// Bytes of a field's name.
    static final int NAME = 64;
    /// Levels of fields; the body of a frame is the first.
    static final int DEPTH = 4;

    private Limits() {
    }
}
