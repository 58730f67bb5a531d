package dev.ecdysis.internal.output;

import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a successor has as its standard output and standard error until it is on its own: a pipe for each. Only one for
/// both when this process has the same file at both, so that lines stay in the order in which they are written.
public final class OutputPipes implements AutoCloseable {
    private final List<FdPair> pairs;

    private OutputPipes(List<FdPair> pairs) {
        this.pairs = pairs;
    }

    public static OutputPipes open(Posix posix) throws PosixException {
        FdPair first = posix.pipe2();
        boolean opened = false;
        try {
            OutputPipes pipes = new OutputPipes(isOneFile() ? List.of(first) : List.of(first, posix.pipe2()));
            opened = true;
            return pipes;
        } finally {
            if (!opened) {
                first.close();
            }
        }
    }

    /// A terminal, a log, or a journal's socket that was opened twice is one file too.
    private static boolean isOneFile() {
        try {
            return Files.isSameFile(path(StandardStream.OUTPUT), path(StandardStream.ERROR));
        } catch (IOException e) {
            return false; // one is closed, or cannot be looked at
        }
    }

    private static Path path(StandardStream stream) {
        return Path.of("/proc/self/fd", Integer.toString(stream.number()));
    }

    /// What the successor is given: number to descriptor.
    public Map<Integer, Fd> writing() {
        return Map.of(StandardStream.OUTPUT.number(), pairs.getFirst().second(), StandardStream.ERROR.number(),
                pairs.getLast().second());
    }

    /// Who is to read what: gives the reading ends away.
    public List<Relays.Pipe> reading(Posix posix) {
        Fd output = pairs.getFirst().first();
        Relays.Pipe first = new Relays.Pipe(Fd.own(posix, output.release()), StandardStream.OUTPUT);
        return pairs.size() == 1 ? List.of(first)
                : List.of(first, new Relays.Pipe(Fd.own(posix, pairs.getLast().first().release()),
                        StandardStream.ERROR));
    }

    @Override
    public void close() {
        pairs.forEach(FdPair::close);
    }
}
