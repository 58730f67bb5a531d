package dev.ecdysis.internal.launch;

import java.util.Set;

/// The options of the `java` launcher that a reader of its command line must know, to tell options from what follows
/// them.
public final class JavaOptions {
    /// The class path is the word that follows.
    public static final Set<String> CLASS_PATH = Set.of("-cp", "-classpath", "--class-path");
    private static final Set<String> MODULE_PATH = Set.of("-p", "--module-path", "--upgrade-module-path");
    private static final Set<String> WITH_VALUE = Set.of("--add-modules", "--limit-modules", "--add-exports",
            "--add-opens", "--add-reads", "--patch-module", "--enable-native-access", "--source");

    private JavaOptions() {
    }

    /// Whether its value is a list of paths.
    static boolean isPath(String name) {
        return CLASS_PATH.contains(name) || MODULE_PATH.contains(name);
    }

    /// Whether its value is the word that follows, if it is not written with `=`.
    public static boolean takesWord(String name) {
        return isPath(name) || WITH_VALUE.contains(name);
    }
}
