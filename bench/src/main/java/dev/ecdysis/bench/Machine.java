package dev.ecdysis.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html) says of the processors and who uses them.
final class Machine {
    /// `sysconf(_SC_CLK_TCK)`, which is 100 on every Linux this library runs on.
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final Path PROC = Path.of("/proc");
    private static final int IDLE = 3;
    private static final int WAITING_FOR_DISK = 4;
    private static final int STEAL = 7;

    private Machine() {
    }

    /// Ticks of all processors since boot.
    record Processors(long total, long idle, long steal) {
        /// Which part of the time since an earlier moment was spent on work.
        double busySince(Processors earlier) {
            return 1 - part(idle - earlier.idle + steal - earlier.steal, earlier);
        }

        /// Which part the hypervisor took while there was work to do.
        double stealSince(Processors earlier) {
            return part(steal - earlier.steal, earlier);
        }

        private double part(long ticks, Processors earlier) {
            return (double) ticks / Math.max(1, total - earlier.total);
        }
    }

    /// The three load averages as the kernel prints them.
    static String loadAverage() throws IOException {
        return String.join(" ", List.of(Files.readString(PROC.resolve("loadavg")).split(" ", -1)).subList(0, 3));
    }

    static Processors processors() throws IOException {
        try (Stream<String> lines = Files.lines(PROC.resolve("stat"))) {
            return processors(lines.findFirst().orElseThrow(() -> new IOException("/proc/stat is empty")));
        }
    }

    /// Reads `cpu user nice system idle iowait irq softirq steal guest guest_nice`. Guests are in user already.
    static Processors processors(String line) {
        List<Long> ticks = Stream.of(line.strip().split("\\s+", -1)).skip(1).limit(STEAL + 1).map(Long::valueOf)
                .toList();
        return new Processors(ticks.stream().mapToLong(Long::longValue).sum(),
                ticks.get(IDLE) + ticks.get(WAITING_FOR_DISK), ticks.get(STEAL));
    }

    /// How much processor time each process has used.
    static Map<Long, Duration> processorTimes() {
        Map<Long, Duration> times = new HashMap<>();
        ProcessHandle.allProcesses().map(ProcessHandle::pid).forEach(pid -> {
            try {
                times.put(pid, processorTime(pid));
            } catch (IOException e) {
                // It has ended since.
            }
        });
        return times;
    }

    /// How much processor time a process has used, user and system. The kernel counts in nanoseconds and rounds
    /// here, so this is exact but for a tick.
    static Duration processorTime(long pid) throws IOException {
        return processorTime(Files.readString(file(pid, "stat"), StandardCharsets.ISO_8859_1));
    }

    /// Reads `pid (name) state ppid ...`, where a name may hold anything; utime is the 14th field and stime the
    /// 15th.
    static Duration processorTime(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Duration.ofNanos((Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * NANOS_PER_TICK);
    }

    /// A process's short name; empty when it has ended.
    static String name(long pid) {
        try {
            return Files.readString(file(pid, "comm"), StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /// Its whole command line, as `ProcessHandle.Info.commandLine()` cuts long ones off; empty when it has ended.
    static String commandLine(long pid) {
        try {
            return Files.readString(file(pid, "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static Path file(long pid, String name) {
        return PROC.resolve(String.valueOf(pid)).resolve(name);
    }
}
