package dev.ecdysis.internal.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/// What two processes say to each other; `docs/protocol.md` says when, and what each field means.
///
/// Times that end in `Nanos` are [System#nanoTime()], which on Linux is `CLOCK_MONOTONIC`: all processes of
/// one boot read the same clock.
public sealed interface Message {
    /// How many descriptors travel with this message.
    default int descriptors() {
        return 0;
    }

    /// Successor: I am here, and these versions of the protocol I speak.
    record Hello(int lowestVersion, int highestVersion, long pid) implements Message {
        public Hello {
            if (lowestVersion < 1 || highestVersion < lowestVersion) {
                throw new IllegalArgumentException("not a range of versions: " + lowestVersion + " to "
                        + highestVersion);
            }
        }
    }

    /// Predecessor: this is what you inherit.
    ///
    /// Its descriptors, in order: the predecessor's pidfd; the original stderr; the file of a [LaunchFile].
    ///
    /// @param version the version of the protocol that both sides speak from now on
    /// @param generation the successor's
    record Welcome(int version, int generation, long predecessorPid, Launch launch, Settings settings)
            implements Message {
        private static final int PIDFD_AND_STDERR = 2;

        @Override
        public int descriptors() {
            return PIDFD_AND_STDERR + (launch instanceof LaunchFile ? 1 : 0);
        }
    }

    /// A service manager holds sockets open too.
    ///
    /// @param by a part of it, by a word that the registry knows
    /// @param name what they are called there
    record Kept(String by, String name) {
    }

    /// Predecessor: these are sockets of a listener. One with more than fit into a frame has several such messages, one right
    /// after the other, which say the same and bring one part of the sockets each, in order.
    ///
    /// @param kind of socket, by a word that the registry knows
    /// @param address what was asked for when they were bound
    /// @param device of a Unix socket's path, to tell whether it is still ours; else 0
    /// @param inode as for the device
    /// @param control whether it is the control socket's
    /// @param all how many sockets the listener has, 1 or more
    /// @param here how many of them come with this message
    /// @param kept by whom else they are held open
    record Sockets(String name, String kind, String address, long device, long inode, boolean control, int all,
            int here, Optional<Kept> kept) implements Message {
        public Sockets {
            if (kind.isEmpty() || kind.length() > Limits.KIND) {
                throw new IllegalArgumentException("a kind of socket has 1 to " + Limits.KIND
                        + " characters, not " + kind.length());
            }
            if (here < 1 || here > Limits.DESCRIPTORS || here > all) {
                throw new IllegalArgumentException(
                        here + " of the " + all + " sockets of a listener; a message brings 1 to "
                                + Limits.DESCRIPTORS + " of them");
            }
        }

        /// That nobody else holds open.
        public Sockets(String name, String kind, String address, long device, long inode, boolean control, int all,
                int here) {
            this(name, kind, address, device, inode, control, all, here, Optional.empty());
        }

        @Override
        public int descriptors() {
            return here;
        }

        /// Whether both say the same, apart from how many sockets they bring.
        public boolean isOfSameListener(Sockets other) {
            return withOneHere().equals(other.withOneHere());
        }

        private Sockets withOneHere() {
            return new Sockets(name, kind, address, device, inode, control, all, 1, kept);
        }
    }

    /// Predecessor: this older generation still drains. Its descriptors: a connection to it, and its pidfd.
    record Older(int generation, long pid, long drainingSinceNanos, long killAtNanos) implements Message {
        @Override
        public int descriptors() {
            return 2;
        }
    }

    /// Predecessor: that was all.
    ///
    /// @param sockets how many came, of all listeners together
    /// @param older how many older generations
    record HandedOver(int sockets, int older) implements Message {
    }

    /// Predecessor: this is what your standard output and error were before they became pipes, or these are the pipes.
    ///
    /// Its descriptors, in order: the original stdout and stderr, if they are there; a reading end of each pipe.
    ///
    /// @param originals whether the two are there
    /// @param pipes where what comes out of each pipe goes: 1 for stdout, 2 for stderr
    record Streams(boolean originals, List<Integer> pipes) implements Message {
        private static final int STDOUT = 1;
        private static final int STDERR = 2;

        public Streams {
            pipes = List.copyOf(pipes);
            if (pipes.size() > Limits.PIPES) {
                throw new IllegalArgumentException("at most " + Limits.PIPES + " pipes, not " + pipes.size());
            }
            for (int stream : pipes) {
                if (stream != STDOUT && stream != STDERR) {
                    throw new IllegalArgumentException("a pipe is for 1 or 2, not " + stream);
                }
            }
        }

        @Override
        public int descriptors() {
            return (originals ? 2 : 0) + pipes.size();
        }
    }

    /// Predecessor: I read no pipe any more.
    record RelayEnded() implements Message {
    }

    /// The launch description, or where it is.
    sealed interface Launch {
    }

    /// A launch description that travels in a file, because it is large: the last descriptor of WELCOME.
    ///
    /// @param bytes how many the file has, which are all of them
    record LaunchFile(int bytes) implements Launch {
        public LaunchFile {
            if (bytes < 1 || bytes > Limits.LAUNCH_FILE) {
                throw new IllegalArgumentException("a launch description in a file has 1 to " + Limits.LAUNCH_FILE
                        + " bytes, not " + bytes);
            }
        }
    }

    /// What starts a successor, as generation 0 was started. Bytes, because Linux promises no encoding.
    ///
    /// @param arguments as they were typed; empty ones are kept
    /// @param environment each `NAME=value`
    /// @param directory the logical working directory
    /// @param program the file to execute, where the first argument does not lead to it; no bytes when it is not known
    @SuppressWarnings("ArrayRecordComponent") // equality is by content, below
    record LaunchDescription(List<byte[]> arguments, List<byte[]> environment, byte[] directory,
            Optional<byte[]> program) implements Launch {
        public LaunchDescription {
            arguments = copies(arguments);
            environment = copies(environment);
            directory = directory.clone();
        }

        /// With a first argument that leads to the program.
        public LaunchDescription(List<byte[]> arguments, List<byte[]> environment, byte[] directory) {
            this(arguments, environment, directory, Optional.empty());
        }

        private static List<byte[]> copies(List<byte[]> arrays) {
            List<byte[]> copies = new ArrayList<>(arrays.size());
            for (byte[] array : arrays) {
                copies.add(array.clone());
            }
            return Collections.unmodifiableList(copies);
        }

        @Override
        public byte[] directory() {
            return directory.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof LaunchDescription launch && Arrays.equals(directory, launch.directory)
                    && Arrays.deepEquals(arguments.toArray(), launch.arguments.toArray())
                    && Arrays.deepEquals(environment.toArray(), launch.environment.toArray())
                    && Arrays.equals(program.orElse(null), launch.program.orElse(null));
        }

        @Override
        public int hashCode() {
            return Objects.hash(Arrays.hashCode(directory), Arrays.deepHashCode(arguments.toArray()),
                    Arrays.deepHashCode(environment.toArray()), Arrays.hashCode(program.orElse(null)));
        }

        /// Counts only: arguments and environment hold passwords.
        @Override
        public String toString() {
            return "LaunchDescription[" + arguments.size() + " arguments, " + environment.size()
                    + " variables, in " + new String(directory, StandardCharsets.UTF_8) + "]";
        }
    }

    /// The predecessor's times, which hold for this handover.
    record Settings(long probationMillis, long drainMillis, long heartbeatMillis) {
    }

    /// Successor: I have initialised and take these listeners.
    ///
    /// @param stepMillis how long its application may need to take hold, or to let go again; 0 when it has no part in that,
    ///        negative when it does not say
    /// @param checkMillis how long its health check may take; 0 when it has none, negative when it does not say
    record Ready(List<String> claimed, long stepMillis, long checkMillis) implements Message {
        public Ready {
            claimed = List.copyOf(claimed);
        }
    }

    /// Predecessor: I have stopped accepting; start.
    record Cutover() implements Message {
    }

    /// Successor: my accept loops are alive, and my health check is content.
    ///
    /// @param firstAcceptNanos when accepting became possible; 0 when it has not
    /// @param sentNanos when it was so
    record Heartbeat(long firstAcceptNanos, long sentNanos) implements Message {
    }

    /// Successor: my accept loops are alive, and my health check has not answered yet. The rest is as in [Heartbeat].
    record Checking(long firstAcceptNanos, long sentNanos) implements Message {
    }

    /// Successor: I have stopped accepting; you may resume.
    record Paused() implements Message {
    }

    /// Predecessor: there is no way back; I drain.
    ///
    /// @param upgradeAgain whether another upgrade was asked for meanwhile
    /// @param drainDeadlineNanos when the predecessor will have ended
    record Committed(boolean upgradeAgain, long drainDeadlineNanos) implements Message {
    }

    /// Older generation, to the newest: how far my drain has come.
    ///
    /// @param remaining connections that have not ended
    /// @param waitsFor one entry per listener or drainable that is not done
    record Draining(long remaining, List<String> waitsFor) implements Message {
        public Draining {
            waitsFor = List.copyOf(waitsFor);
        }
    }

    /// Predecessor, to a successor on probation: how I stand, and those that drain before me.
    record Standing(List<OlderStanding> older) implements Message {
        public Standing {
            older = List.copyOf(older);
        }
    }

    /// How far an older generation has come.
    ///
    /// @param remaining connections that have not ended, or -1 when it has not said
    /// @param waitsFor what it waits for, one entry each
    record OlderStanding(int generation, long remaining, List<String> waitsFor) {
        public OlderStanding {
            waitsFor = List.copyOf(waitsFor);
        }
    }

    /// Older generation: I am done, and about to exit.
    record Drained() implements Message {
    }

    /// Successor: I refuse.
    record Fail(String reason) implements Message {
    }

    /// Predecessor: the upgrade is given up; stop accepting, tell me, finish what you have, and exit.
    record Abandon(String reason) implements Message {
    }

    /// Either side: stop, both of us.
    record Stop(String reason) implements Message {
    }

    /// Successor that is not on its own yet: a signal asked this process for an upgrade. Whichever side serves in the end
    /// carries it out.
    record Signalled() implements Message {
    }

    /// Client of the control socket: upgrade, tell me how far it is, and how it ended.
    ///
    /// @param command what starts the successor; empty for what would start it anyway. The limits are those of a frame
    ///        from somebody who is not trusted with more
    record UpgradeRequest(List<String> command) implements Message {
        public UpgradeRequest {
            command = List.copyOf(command);
            if (!command.isEmpty()) {
                check(command);
            }
        }

        public UpgradeRequest() {
            this(List.of());
        }

        private static void check(List<String> command) {
            int bytes = 0;
            for (String word : command) {
                bytes += word.getBytes(StandardCharsets.UTF_8).length;
                if (word.indexOf('\0') >= 0) {
                    throw new IllegalArgumentException("a word of the command has a NUL character, which no program"
                            + " can be given");
                }
            }
            if (command.getFirst().isEmpty()) {
                throw new IllegalArgumentException("the command's first word, the program, is empty");
            }
            if (command.size() > Limits.COMMAND_WORDS || bytes > Limits.COMMAND_BYTES) {
                throw new IllegalArgumentException("the command has " + command.size() + " words of " + bytes
                        + " bytes; at most " + Limits.COMMAND_WORDS + " words of " + Limits.COMMAND_BYTES
                        + " bytes are allowed: put it into a script and give that");
            }
        }

        /// The count only: arguments hold passwords.
        @Override
        public String toString() {
            return "UpgradeRequest[" + command.size() + " words]";
        }
    }

    /// Client of the control socket: how are you?
    record StatusRequest() implements Message {
    }

    /// Client of the control socket: stop, and tell me how far the drain is.
    record StopRequest() implements Message {
    }

    /// Client of the control socket: would an upgrade work?
    record DoctorRequest() implements Message {
    }

    /// Answer: not the last one.
    record Progress(int phase, int generation, OptionalLong pid, long elapsedMillis, long connections, String detail)
            implements Message {
    }

    /// Answer: how an upgrade or a stop ended.
    record Result(Fields outcome) implements Message {
    }

    /// Answer: what was asked for.
    record Report(Fields content) implements Message {
    }

    /// Answer: no.
    record Refusal(String why) implements Message {
    }

    /// A type that this version does not know; it is skipped.
    record Unknown(int type) implements Message {
    }
}
