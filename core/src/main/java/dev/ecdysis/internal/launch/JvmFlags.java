package dev.ecdysis.internal.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The options that a successor's JVM will start with, and which of them get in the way of an upgrade: while it lasts,
/// two JVMs run with the same ones.
///
/// Argument files are named, not opened.
public final class JvmFlags {
    private static final Set<String> LAST = Set.of("-jar", "-m", "--module");

    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']++|\"[^\"]*+\"|'[^']*+')++");
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"|'([^']*)'");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})([kmgt]?)");
    private static final Pattern PERCENTAGE = Pattern.compile("\\d{1,3}(\\.\\d{1,9})?");
    private static final Map<String, Integer> SHIFTS = Map.of("k", 10, "m", 20, "g", 30, "t", 40);
    private static final Pattern DEBUGGER = Pattern.compile("(?:-agentlib:jdwp=|-Xrunjdwp:)(.*)");
    private static final Pattern AGENT = Pattern.compile("-(?:javaagent:|agentpath:|agentlib:(?!jdwp(?:=|$))).*");
    /// What may be a secret: the values of properties, and what agents are told.
    private static final Pattern SECRET = Pattern
            .compile("((?:-D|-javaagent:|-agentpath:|-agentlib:(?!jdwp=))[^=]*=).+");
    private static final String JMX = "-Dcom.sun.management.jmxremote.";

    private final List<String> flags;

    /// Something that an operator should know.
    ///
    /// @param name what it is about, one or two words
    /// @param cure what to do about it; empty when there is nothing wrong
    public record Finding(String name, String found, String cure) {
    }

    private JvmFlags(List<String> flags) {
        this.flags = List.copyOf(flags);
    }

    /// Those on the command line and in the variables, in the order in which the JVM reads them: the last one counts.
    public static JvmFlags of(LaunchDescription launch) {
        List<String> flags = new ArrayList<>();
        Stream.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")
                .forEach(name -> flags.addAll(options(variable(launch, name))));
        List<String> words = launch.words();
        flags.addAll(options(words.subList(Math.min(1, words.size()), words.size())));
        flags.addAll(options(variable(launch, "_JAVA_OPTIONS")));
        return new JvmFlags(flags);
    }

    private static List<String> variable(LaunchDescription launch, String name) {
        return launch.variable(name).map(JvmFlags::split).orElse(List.of());
    }

    /// The launcher and the JVM agree on this: either quote may stand anywhere, and there are no escapes.
    private static List<String> split(String text) {
        return WORD.matcher(text).results().map(word -> QUOTED.matcher(word.group()).replaceAll("$1$2")).toList();
    }

    /// The options up to the main class, each with its value.
    private static List<String> options(List<String> words) {
        List<String> options = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String name = word.startsWith("--") ? word.split("=", 2)[0] : word;
            if (LAST.contains(name) || !(word.startsWith("-") || word.startsWith("@"))) {
                return options;
            }
            if (JavaOptions.isPath(name)) {
                // It is long, and says nothing about an upgrade.
                i += word.equals(name) ? 1 : 0;
            } else if (JavaOptions.takesWord(word) && i + 1 < words.size()) {
                i++;
                options.add(word + " " + words.get(i));
            } else {
                options.add(word);
            }
        }
        return options;
    }

    /// The options as they may be shown: without class path, and without what may be a secret.
    public List<String> shown() {
        return flags.stream().map(JvmFlags::shown).toList();
    }

    private static String shown(String flag) {
        Matcher secret = SECRET.matcher(flag);
        return secret.matches() ? secret.group(1) + "..." : flag;
    }

    /// Whether the JVM makes a file in a folder of its own for the likes of jps, and goes there to do so.
    boolean sharesPerformanceData() {
        return !flags.contains("-XX:-UsePerfData") && !isOn("PerfDisableSharedMem")
                && flags.stream().noneMatch(flag -> flag.startsWith("@"));
    }

    /// What follows from the options; that of memory see `preflight.MemoryCheck`.
    public List<Finding> findings() {
        return Stream.of(signals(), debugger(), management(), agents(), LogFiles.finding(flags))
                .flatMap(Optional::stream).toList();
    }

    private Optional<Finding> signals() {
        return flags.contains("-Xrs") || isOn("ReduceSignalUsage")
                ? Optional.of(new Finding("signals", "with -Xrs SIGHUP, SIGINT and SIGTERM cannot be handled",
                        "upgrade and stop by the control socket, or start the JVM without -Xrs"))
                : Optional.empty();
    }

    private boolean isOn(String name) {
        return flags.lastIndexOf("-XX:+" + name) > flags.lastIndexOf("-XX:-" + name);
    }

    private Optional<Finding> debugger() {
        return flags.stream().map(DEBUGGER::matcher).filter(Matcher::matches)
                .map(matcher -> debugger(List.of(matcher.group(1).split(",", -1)))).flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Finding> debugger(List<String> settings) {
        String address = settings.stream().filter(setting -> setting.startsWith("address=")).findFirst()
                .map(setting -> setting.substring("address=".length())).orElse("");
        if (!settings.contains("server=y")) {
            return address.isEmpty() ? Optional.empty()
                    : Optional.of(new Finding("debugger",
                            "the JVM connects to a debugger at " + address
                                    + " as it starts: when none waits there, a successor ends at once",
                            "server=y,suspend=n,address=0, or no debugger at start"));
        }
        if (isFixed(address.substring(address.lastIndexOf(':') + 1))) {
            return Optional.of(new Finding("debugger",
                    "the debugger's port " + address + " is taken while this process lives: a successor ends at once,"
                            + " with exit status 2",
                    "address=0 for a free port, told on standard output; or no debugger at start"));
        }
        return settings.contains("suspend=n") ? Optional.empty()
                : Optional
                        .of(new Finding("debugger", "a successor waits for a debugger before it starts", "suspend=n"));
    }

    private static boolean isFixed(String port) {
        return !port.isEmpty() && !port.equals("0");
    }

    private Optional<Finding> management() {
        String port = valueOfLast(JMX + "port=").orElse("");
        String rmiPort = valueOfLast(JMX + "rmi.port=").orElse("");
        if (port.isEmpty() || !(isFixed(port) || isFixed(rmiPort))) {
            return Optional.empty();
        }
        String fixed = isFixed(port) ? port : rmiPort;
        return Optional.of(new Finding("JMX port",
                "port " + fixed + " of JMX is taken while this process lives: a successor ends at once, with exit"
                        + " status 1",
                "port 0 for both; or none at start, and when needed jcmd PID ManagementAgent.start jmxremote.port="
                        + fixed));
    }

    private Optional<Finding> agents() {
        List<String> agents = flags.stream().filter(AGENT.asMatchPredicate()).map(JvmFlags::shown).toList();
        return agents.isEmpty() ? Optional.empty()
                : Optional.of(new Finding("agents",
                        String.join(" ", agents) + ": with an agent the JVM may do without its AOT cache, and a fixed"
                                + " port that an agent opens is taken while this process lives",
                        "let the agent open no port or a free one; where an AOT cache matters, do without the agent"));
    }

    /// What the successor's heap will be.
    ///
    /// @param memoryBytes what its JVM takes for the size of the memory, if that is known
    /// @param otherwise what it is when no flag says so; an argument file may
    public HeapSize heap(OptionalLong memoryBytes, HeapSize otherwise) {
        Optional<String> most = last("-Xmx", "-XX:MaxHeapSize=", "-XX:MaxRAMPercentage=");
        Optional<String> first = last("-Xms", "-XX:InitialHeapSize=", "-XX:InitialRAMPercentage=");
        // By default a JVM begins with 1/64 of the memory.
        long initial = first.flatMap(flag -> size(flag, memoryBytes)).orElse(memoryBytes.orElse(0) / 64);
        long limit = most.flatMap(flag -> size(flag, memoryBytes)).orElse(otherwise.mostBytes());
        if (first.isPresent()) {
            limit = Math.max(limit, initial);
        }
        // Otherwise a heap takes only what was used of it.
        boolean touched = isOn("AlwaysPreTouch") || isOn("UseLargePages");
        List<String> named = new ArrayList<>();
        most.ifPresent(named::add);
        first.ifPresent(named::add);
        if (touched) {
            named.add(isOn("AlwaysPreTouch") ? "-XX:+AlwaysPreTouch" : "-XX:+UseLargePages");
        }
        return new HeapSize(limit, touched ? Math.min(limit, initial) : 0, String.join(" ", named));
    }

    /// A size counts before a percentage, wherever it stands.
    private Optional<String> last(String size, String longSize, String percentage) {
        return lastOf(size, longSize).or(() -> lastOf(percentage));
    }

    private Optional<String> lastOf(String... starts) {
        for (String flag : flags.reversed()) {
            for (String start : starts) {
                if (flag.startsWith(start)) {
                    return Optional.of(flag);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Long> size(String flag, OptionalLong memoryBytes) {
        String value = flag.substring(flag.indexOf('=') + 1);
        if (flag.contains("RAMPercentage=")) {
            OptionalLong memory = valueOfLast("-XX:MaxRAM=").flatMap(JvmFlags::bytes).map(OptionalLong::of)
                    .orElse(memoryBytes);
            return memory.isEmpty() || !PERCENTAGE.matcher(value).matches() ? Optional.empty()
                    : Optional.of((long) (memory.getAsLong() * Double.parseDouble(value) / 100));
        }
        return bytes(flag.startsWith("-XX:") ? value : flag.substring("-Xmx".length()));
    }

    private Optional<String> valueOfLast(String... starts) {
        for (String flag : flags.reversed()) {
            for (String start : starts) {
                if (flag.startsWith(start)) {
                    return Optional.of(flag.substring(start.length()));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Long> bytes(String size) {
        Matcher matcher = SIZE.matcher(size.toLowerCase(Locale.ROOT));
        return matcher.matches()
                ? Optional.of(Long.parseLong(matcher.group(1)) << SHIFTS.getOrDefault(matcher.group(2), 0))
                : Optional.empty();
    }
}
