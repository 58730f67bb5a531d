package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.launch.JvmFlags.Finding;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Files that a JVM writes to by its options: two generations with the same name write to, and rotate, each other's.
final class LogFiles {
    /// `-Xlog:WHAT:OUTPUT:DECORATORS:OPTIONS`; a file's name may be quoted, and contain colons then.
    private static final Pattern UNIFIED = Pattern.compile("-Xlog:[^:]*:(?:file=)?(\"[^\"]*\"|[^:]+)(?::.*)?");
    private static final Pattern COLLECTOR = Pattern.compile("-Xloggc:(.+)");
    private static final Pattern OTHER = Pattern.compile("-XX:LogFile=(.+)");
    private static final Pattern RECORDING = Pattern.compile("-XX:StartFlightRecording[:=](?:.*,)?filename=([^,]+).*");
    /// The number of the process, or the time of its start, in a name of the JVM's.
    private static final Pattern DISTINCT = Pattern.compile(".*%[pt].*");

    private LogFiles() {
    }

    /// @param flags the options of a successor's JVM
    static Optional<Finding> finding(List<String> flags) {
        List<String> shared = flags.stream().flatMap(LogFiles::names).filter(name -> !DISTINCT.matcher(name).matches())
                .distinct().toList();
        return shared.isEmpty() ? Optional.empty()
                : Optional.of(new Finding("log files", "two generations write to " + String.join(", ", shared)
                        + " at the same time, and rotate each other's lines away",
                        "%p in the name, for the number of the process: gc-%p.log"));
    }

    private static Stream<String> names(String flag) {
        return Stream.of(UNIFIED, COLLECTOR, OTHER, RECORDING).map(form -> form.matcher(flag)).filter(Matcher::matches)
                .map(matcher -> matcher.group(1).replace("\"", "")).filter(LogFiles::isFile);
    }

    private static boolean isFile(String output) {
        return !output.equals("stdout") && !output.equals("stderr") && !output.startsWith("/dev/");
    }
}
