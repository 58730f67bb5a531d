package dev.ecdysis.internal.posix;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// What [Posix#spawn] starts.
///
/// @param program the file to execute, with a slash in it: the PATH is not searched
/// @param arguments `argv`, the program's own name first
/// @param environment `envp`, each `NAME=value`
/// @param directory the working directory, resolved by the child
/// @param descriptors what crosses exec beyond stdin: number in the child to descriptor of ours; 1 and 2 for stdout and
///        stderr when they are to be replaced. Numbers from 1 on; every descriptor not named, and above 2, is closed
/// @param newSession whether it leads a session of its own, without a controlling terminal
@SuppressWarnings("ArrayRecordComponent") // names are bytes to the kernel, and requests are never compared
public record SpawnRequest(byte[] program, List<byte[]> arguments, List<byte[]> environment, byte[] directory,
        Map<Integer, Fd> descriptors, boolean newSession) {
    public SpawnRequest {
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
        descriptors = Map.copyOf(descriptors);
    }

    /// In the session of this process, with a program whose name is in UTF-8.
    public SpawnRequest(String program, List<byte[]> arguments, List<byte[]> environment, byte[] directory,
            Map<Integer, Fd> descriptors) {
        this(program.getBytes(StandardCharsets.UTF_8), arguments, environment, directory, descriptors, false);
    }
}
