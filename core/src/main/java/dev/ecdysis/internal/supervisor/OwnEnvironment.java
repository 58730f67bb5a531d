package dev.ecdysis.internal.supervisor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Keeps apart what is for the supervisor's own JVM and what is for the server's: options in `JAVA_TOOL_OPTIONS` or
/// `JDK_JAVA_OPTIONS` are the server's, and reach it unchanged. Meanwhile they have another name.
final class OwnEnvironment {
    private static final String KEPT = "ECDYSIS_RUN_KEPT_";
    /// Which signal HotSpot interrupts threads with. SIGUSR2 otherwise, which then could not be passed on.
    private static final String SUSPEND_SIGNAL = "_JAVA_SR_SIGNUM";
    private static final Set<String> READ_BY_JVMS = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS",
            "JDK_AOT_VM_OPTIONS", SUSPEND_SIGNAL);

    private OwnEnvironment() {
    }

    /// What the supervisor's JVM starts with.
    static List<byte[]> aside(List<byte[]> environment) {
        List<byte[]> own = new ArrayList<>();
        for (byte[] entry : environment) {
            own.add(READ_BY_JVMS.contains(name(entry)) ? with(KEPT, entry) : entry);
        }
        own.add((SUSPEND_SIGNAL + "=64").getBytes(StandardCharsets.ISO_8859_1));
        return own;
    }

    /// What the server starts with: as it was, but for these.
    ///
    /// @param replaced `NAME=value` each
    static List<byte[]> restored(List<byte[]> own, List<String> replaced) {
        List<byte[]> environment = new ArrayList<>();
        Set<String> others = Set.copyOf(replaced.stream().map(entry -> entry.split("=", 2)[0]).toList());
        for (byte[] entry : own) {
            String name = name(entry);
            if (name.startsWith(KEPT)) {
                String text = new String(entry, StandardCharsets.ISO_8859_1);
                environment.add(text.substring(KEPT.length()).getBytes(StandardCharsets.ISO_8859_1));
            } else if (!others.contains(name) && !READ_BY_JVMS.contains(name)) {
                environment.add(entry);
            }
        }
        replaced.forEach(entry -> environment.add(entry.getBytes(StandardCharsets.UTF_8)));
        return environment;
    }

    private static String name(byte[] entry) {
        return new String(entry, StandardCharsets.ISO_8859_1).split("=", 2)[0];
    }

    private static byte[] with(String prefix, byte[] entry) {
        return (prefix + new String(entry, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
    }
}
