package dev.ecdysis.internal.preflight;

import dev.ecdysis.internal.log.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// How much memory there is for the processes of one cgroup or of the whole machine, and how much of it is left.
///
/// @param limitBytes what all of them together may use
/// @param usedBytes what they use now, without what the kernel can drop at once
/// @param source the file that says so
record MemoryRoom(long limitBytes, long usedBytes, Path source) {
    private static final System.Logger LOG = Log.of(MemoryRoom.class);
    /// Version 1 has no word for "unlimited", but a number of that size.
    private static final long UNLIMITED = 1L << 60;
    private static final long KIBIBYTE = 1024;

    long leftBytes() {
        return Math.max(0, limitBytes - usedBytes);
    }

    /// Whether it is the limit of a cgroup, not all that the machine has.
    boolean isLimit() {
        return !source.endsWith("meminfo");
    }

    /// The one that has the least left, of this process's cgroups and the machine; empty when nothing can be read.
    ///
    /// @param root of the file system; tests have one of their own
    static Optional<MemoryRoom> tightest(Path root) {
        List<MemoryRoom> rooms = new ArrayList<>();
        machine(root).ifPresent(rooms::add);
        for (Cgroup cgroup : Cgroup.ofMemory(root)) {
            if (cgroup.isVersion2()) {
                room(cgroup, "memory.max", "memory.current", "inactive_file").ifPresent(rooms::add);
                room(cgroup, "memory.high", "memory.current", "inactive_file").ifPresent(rooms::add);
            } else {
                room(cgroup, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
                        .ifPresent(rooms::add);
                room(cgroup, "memory.memsw.limit_in_bytes", "memory.memsw.usage_in_bytes", "total_inactive_file")
                        .ifPresent(rooms::add);
            }
        }
        return rooms.stream().min(Comparator.comparingLong(MemoryRoom::leftBytes));
    }

    /// What the JVM takes for the size of the memory: the lowest limit, or what the machine has.
    static OptionalLong size(Path root) {
        OptionalLong machine = machine(root).map(MemoryRoom::limitBytes).map(OptionalLong::of)
                .orElse(OptionalLong.empty());
        OptionalLong limit = Cgroup.ofMemory(root).stream()
                .map(cgroup -> cgroup.number(cgroup.isVersion2() ? "memory.max" : "memory.limit_in_bytes"))
                .filter(OptionalLong::isPresent).mapToLong(OptionalLong::getAsLong).filter(bytes -> bytes < UNLIMITED)
                .min();
        if (machine.isPresent() && limit.isPresent()) {
            return OptionalLong.of(Math.min(machine.getAsLong(), limit.getAsLong()));
        }
        return limit.isPresent() ? limit : machine;
    }

    private static Optional<MemoryRoom> machine(Path root) {
        Path file = root.resolve("proc/meminfo");
        long total = 0;
        long available = 0;
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("MemTotal:")) {
                    total = Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE;
                } else if (line.startsWith("MemAvailable:")) {
                    available = Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE;
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot read how much memory there is", e);
        }
        return total == 0 ? Optional.empty() : Optional.of(new MemoryRoom(total, total - available, file));
    }

    private static Optional<MemoryRoom> room(Cgroup cgroup, String limitFile, String usageFile, String droppable) {
        OptionalLong limit = cgroup.number(limitFile);
        OptionalLong usage = cgroup.number(usageFile);
        if (limit.isEmpty() || usage.isEmpty() || limit.getAsLong() >= UNLIMITED) {
            return Optional.empty();
        }
        long used = Math.max(0, usage.getAsLong() - cgroup.stat("memory.stat", droppable).orElse(0));
        return Optional.of(new MemoryRoom(limit.getAsLong(), used, cgroup.folder().resolve(limitFile)));
    }
}
