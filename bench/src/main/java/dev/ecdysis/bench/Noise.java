package dev.ecdysis.bench;

import dev.ecdysis.bench.Machine.Processors;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/// What else the machine was doing: figures from a busy one are not worth quoting.
///
/// @param loadAverage before anything was started
/// @param busyBefore which part of the processors' time others used then
/// @param spinners processes of others that used much of it, most first
/// @param busyMeanwhile which part others used while it was measured, or more: see [Others]
/// @param steal which part the hypervisor took then
record Noise(String loadAverage, double busyBefore, List<Spinner> spinners, double busyMeanwhile, double steal) {
    private static final Duration WATCH = Duration.ofSeconds(1);
    private static final double SPINNER_SHARE = 0.2;
    /// More than this of the processors' time, and latencies are not the server's own.
    private static final double QUIET_SHARE = 0.05;
    private static final double QUIET_STEAL = 0.01;

    Noise {
        spinners = List.copyOf(spinners);
    }

    /// A process that works although nobody asked it to.
    ///
    /// @param cores how many cores it used
    record Spinner(long pid, String name, double cores) {
        @Override
        public String toString() {
            return "pid " + pid + " (" + name + ") uses " + Figures.share(cores) + " of a core";
        }
    }

    /// The time before the measurement has been looked at; the measurement itself is under way.
    record Watch(String loadAverage, double busyBefore, List<Spinner> spinners, Others others, Processors start) {
        Noise end() throws IOException {
            return new Noise(loadAverage, busyBefore, spinners, others.end(),
                    Machine.processors().stealSince(start));
        }
    }

    /// Watches the machine for a second, in which this program does nothing.
    static Watch begin() throws IOException, InterruptedException {
        String loadAverage = Machine.loadAverage();
        Progress.say("load average " + loadAverage + "; watching the machine for a second");
        Processors before = Machine.processors();
        long own = ProcessHandle.current().pid();
        List<Spinner> spinners = spinners(pid -> pid != own);
        Processors now = Machine.processors();
        return new Watch(loadAverage, now.busySince(before), spinners, Others.watch(), now);
    }

    /// Which processes use more than a fifth of a core during the next second, most first.
    static List<Spinner> spinners(LongPredicate pids) throws InterruptedException {
        Map<Long, Duration> before = Machine.processorTimes();
        long begin = System.nanoTime();
        Thread.sleep(WATCH);
        double elapsed = System.nanoTime() - begin;
        List<Spinner> spinners = new ArrayList<>();
        Machine.processorTimes().forEach((pid, time) -> {
            double cores = time.minus(before.getOrDefault(pid, Duration.ZERO)).toNanos() / elapsed;
            if (cores >= SPINNER_SHARE && pids.test(pid)) {
                spinners.add(new Spinner(pid, Machine.name(pid), cores));
            }
        });
        spinners.sort(Comparator.comparingDouble(Spinner::cores).reversed());
        return spinners;
    }

    boolean isQuiet() {
        return busyBefore <= QUIET_SHARE && spinners.isEmpty() && busyMeanwhile <= QUIET_SHARE
                && steal <= QUIET_STEAL;
    }

    /// As people read it, with a warning when the figures are not worth quoting.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("machine: " + Runtime.getRuntime().availableProcessors() + " cores, Linux "
                + System.getProperty("os.version") + ", Java " + System.getProperty("java.version")
                + "; before: load average " + loadAverage + ", " + Figures.share(busyBefore)
                + " busy; while measuring: others " + Figures.share(busyMeanwhile) + ", steal "
                + Figures.share(steal));
        spinners.forEach(spinner -> lines.add("warning: before it began, " + spinner));
        if (!isQuiet()) {
            lines.add("warning: the machine was not quiet; do not quote these times");
        }
        return lines;
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("cores", Runtime.getRuntime().availableProcessors());
        json.put("kernel", System.getProperty("os.version"));
        json.put("java", System.getProperty("java.version"));
        json.put("load_average_before", loadAverage);
        json.put("busy_before", busyBefore);
        json.put("spinners_before", spinners);
        json.put("busy_meanwhile", busyMeanwhile);
        json.put("steal", steal);
        json.put("quiet", isQuiet());
        return json;
    }
}
