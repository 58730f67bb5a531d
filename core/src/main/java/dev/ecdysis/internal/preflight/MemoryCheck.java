package dev.ecdysis.internal.preflight;

import dev.ecdysis.internal.launch.HeapSize;
import dev.ecdysis.internal.launch.JvmFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Whether there is memory for two generations at the same time, and whom the kernel would take if there were not.
///
/// What is found is a warning, never an obstacle: a heap takes only what is used of it.
public final class MemoryCheck {
    /// What a small JVM needs besides its heap: code, classes, threads.
    private static final long LEAST_BESIDES_HEAP = 48L << 20;
    private static final Path ROOT = Path.of("/");

    private final Path root;
    private final long heapBytes;
    private final long mostHeapBytes;

    /// Of this process.
    public MemoryCheck() {
        this(ROOT, Runtime.getRuntime().totalMemory(), Runtime.getRuntime().maxMemory());
    }

    /// @param root of the file system; tests have one of their own
    /// @param heapBytes what the heap of this JVM takes now
    /// @param mostHeapBytes what it may grow to
    MemoryCheck(Path root, long heapBytes, long mostHeapBytes) {
        this.root = root;
        this.heapBytes = heapBytes;
        this.mostHeapBytes = mostHeapBytes;
    }

    /// What an operator should know.
    ///
    /// @param flags what a successor's JVM is started with; empty when that is not known, as with a script
    public List<JvmFlags.Finding> findings(Optional<JvmFlags> flags) {
        List<JvmFlags.Finding> findings = new ArrayList<>();
        MemoryRoom.tightest(root).ifPresent(room -> findings.add(room(room, heap(flags))));
        allAtOnce().ifPresent(findings::add);
        return findings;
    }

    /// The limit of memory here, whoever runs here.
    public List<JvmFlags.Finding> surroundings() {
        List<JvmFlags.Finding> findings = new ArrayList<>();
        MemoryRoom.tightest(root).ifPresent(room -> findings.add(new JvmFlags.Finding("memory here",
                mebibytes(room.leftBytes()) + " of " + mebibytes(room.limitBytes()) + " are left (" + room.source()
                        + ")",
                "")));
        allAtOnce().ifPresent(findings::add);
        return findings;
    }

    private HeapSize heap(Optional<JvmFlags> flags) {
        HeapSize own = new HeapSize(mostHeapBytes, 0, "");
        return flags.isPresent() ? flags.get().heap(MemoryRoom.size(root), own) : own;
    }

    private JvmFlags.Finding room(MemoryRoom room, HeapSize heap) {
        long resident = resident().orElse(heapBytes);
        long besides = Math.max(LEAST_BESIDES_HEAP, resident - heapBytes);
        long others = Math.max(0, room.usedBytes() - resident);
        long forTwo = Math.max(0, room.limitBytes() - others);
        long most = 2 * (heap.mostBytes() + besides);
        long first = heap.firstBytes() + besides;
        String where = (room.isLimit() ? "the limit " : "the machine's memory ") + "of " + mebibytes(room.limitBytes())
                + " (" + room.source() + ")";
        String name = heap.flag().isEmpty() ? "" : " (" + heap.flag() + ")";
        if (first > room.leftBytes()) {
            return new JvmFlags.Finding("memory",
                    "a successor needs about " + mebibytes(first) + " as soon as it starts" + name + ", and "
                            + mebibytes(room.leftBytes()) + " of " + where + " are left",
                    cure(room, others + resident + first, heap, forTwo, besides));
        }
        if (most > forTwo) {
            return new JvmFlags.Finding("memory",
                    "two generations run at the same time during an upgrade, and may need " + mebibytes(most)
                            + ", half of it each, with heaps of up to " + mebibytes(heap.mostBytes()) + name + "; "
                            + where + " has " + mebibytes(forTwo) + " for them",
                    cure(room, others + most, heap, forTwo, besides));
        }
        return new JvmFlags.Finding("memory", "two generations need up to " + mebibytes(most) + " with heaps of "
                + mebibytes(heap.mostBytes()) + name + ", and " + where + " has " + mebibytes(forTwo) + " for them",
                "");
    }

    private static String cure(MemoryRoom room, long needed, HeapSize heap, long forTwo, long besides) {
        String more = (room.isLimit() ? "raise the limit to " : "more memory, ") + mebibytes(needed) + " or more";
        long fitting = forTwo / 2 - besides;
        String less = fitting <= 0 ? "" : ", or a heap of at most " + mebibytes(fitting) + " (-Xmx, or "
                + "-XX:MaxRAMPercentage)";
        return heap.firstBytes() > 0 && needed < 2 * heap.mostBytes()
                ? more + ", or do without -XX:+AlwaysPreTouch" + less : more + less;
    }

    private OptionalLong resident() {
        try {
            Optional<String> line = Files.readAllLines(root.resolve("proc/self/status")).stream()
                    .filter(text -> text.startsWith("VmRSS:")).findFirst();
            return line.isPresent() ? OptionalLong.of(Long.parseLong(line.get().replaceAll("\\D", "")) << 10)
                    : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /// With `memory.oom.group` the kernel ends every process of the group, and of those below it.
    private Optional<JvmFlags.Finding> allAtOnce() {
        for (Cgroup cgroup : Cgroup.ofMemory(root)) {
            if (cgroup.isVersion2() && cgroup.number("memory.oom.group").orElse(0) == 1) {
                return Optional.of(new JvmFlags.Finding("out of memory",
                        cgroup.folder().resolve("memory.oom.group") + " is 1: when memory runs out, the kernel ends"
                                + " the server together with its successor",
                        "write 0 to it (OOMPolicy=continue in a systemd unit, singleProcessOOMKill: true for the"
                                + " kubelet), or have room for two"));
            }
        }
        return Optional.empty();
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
