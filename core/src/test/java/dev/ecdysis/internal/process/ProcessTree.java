package dev.ecdysis.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A `/proc` of a test's own.
public record ProcessTree(Path proc) {
    /// Process group and session of their own, and no terminal.
    public ProcessTree add(long pid, String name, long parent, String... words) throws IOException {
        return add(pid, name, parent, pid, pid, false, words);
    }

    public ProcessTree add(long pid, String name, long parent, long group, long session, boolean terminal,
            String... words)
            throws IOException {
        Path folder = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("comm"), name + "\n");
        Files.writeString(folder.resolve("cmdline"), words.length == 0 ? name + "\0" : String.join("\0", words) + "\0");
        Files.writeString(folder.resolve("stat"), pid + " (" + name + ") S " + parent + " " + group + " " + session
                + " " + (terminal ? 34816 : 0) + " -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 12345 0 0\n");
        Files.writeString(folder.resolve("environ"), "");
        Files.writeString(folder.resolve("cgroup"), "0::/\n");
        return this;
    }

    /// Of PID 1.
    public ProcessTree children(String pids) throws IOException {
        Files.writeString(Files.createDirectories(proc.resolve("1/task/1")).resolve("children"), pids);
        return this;
    }

    /// Started by an upgrade.
    public ProcessTree successor(long pid, long predecessor) throws IOException {
        Files.writeString(proc.resolve(pid + "/environ"), "A=b\0ECDYSIS_HANDOVER=v1:3:" + predecessor + ":4711\0");
        return this;
    }

    public ProcessTree controlGroup(long pid, String path) throws IOException {
        Files.writeString(proc.resolve(pid + "/cgroup"), "0::" + path + "\n");
        return this;
    }
}
