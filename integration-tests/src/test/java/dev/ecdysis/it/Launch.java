package dev.ecdysis.it;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.it.program.Program;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How generation 0 of a chain is started. `@` in an argument stands for the chain's run folder.
///
/// @param environment what is added to this process's own; an empty value removes
record Launch(List<String> command, Map<String, String> environment) {
    static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    /// JVMs that start quickly and leave the other core alone.
    static final List<String> LIGHT = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-Xmx64m");
    static final List<String> ACCESS = List.of("--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

    Launch {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /// One of the examples, from the jar that the build made.
    static Launch example(String... options) {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(LIGHT);
        command.addAll(jar("ecdysis.examples.jar"));
        command.addAll(List.of(options));
        command.addAll(List.of("--control", "@/control.sock", "--pid-file", "@/server.pid"));
        return new Launch(command, Map.of());
    }

    /// Options that run a jar that the build made.
    ///
    /// @param property the system property that says where it is
    static List<String> jar(String property) {
        String jar = System.getProperty(property);
        if (jar == null) {
            throw new IllegalStateException("set -D" + property);
        }
        return List.of("-jar", jar);
    }

    /// The tests' own program, which can be held at any point.
    static Launch program(String... settings) {
        return program(JAVA, List.of("-cp", classPath()), settings);
    }

    /// @param java what starts it
    /// @param where the options that name its class path
    static Launch program(String java, List<String> where, String... settings) {
        List<String> options = new ArrayList<>(ACCESS);
        options.addAll(where);
        options.add(Program.class.getName());
        return bareProgram(java, options, settings);
    }

    /// @param options all but those that make it [light][#LIGHT], up to what names the main class
    static Launch bareProgram(String java, List<String> options, String... settings) {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(LIGHT);
        command.addAll(options);
        command.add("folder=@");
        command.addAll(List.of(settings));
        return new Launch(command, Map.of());
    }

    /// The same with another text for this argument.
    Launch replace(String argument, String by) {
        return new Launch(command.stream().map(word -> word.equals(argument) ? by : word).toList(),
                environment);
    }

    Launch with(String name, String value) {
        Map<String, String> more = new TreeMap<>(environment);
        more.put(name, value);
        return new Launch(command, more);
    }

    /// The library and the program, and nothing else: what is not there need not be opened.
    static String classPath() {
        return placeOf(Program.class) + File.pathSeparator + placeOf(Ecdysis.class);
    }

    static Path placeOf(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
