package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.procfs.FileNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The first line of a script as the kernel reads it: `#!`, a program, and perhaps one argument with all that follows.
///
/// @param path as it is written, a carriage return included
/// @param argument empty when there is none
@SuppressWarnings("ArrayRecordComponent") // names are bytes, and these are never compared
record Interpreter(byte[] path, byte[] argument) {
    /// The kernel looks no further; a name that goes on there is not executed.
    private static final int LONGEST_LINE = 256;
    private static final String ENV = "env";
    private static final Pattern PLAIN_WORD = Pattern.compile("[^\\s\"'\\\\$#]+");
    private static final String SHELL = "sh";

    static boolean isScript(byte[] head) {
        return head.length >= 2 && head[0] == '#' && head[1] == '!';
    }

    /// What the first line of a script names.
    ///
    /// @return empty when the kernel would not find a name
    static Optional<Interpreter> of(byte[] head) {
        String seen = new String(head, 0, Math.min(head.length, LONGEST_LINE), StandardCharsets.ISO_8859_1);
        int end = seen.indexOf('\n');
        boolean cut = end < 0 && head.length > LONGEST_LINE;
        String line = (end < 0 ? seen : seen.substring(0, end)).substring(2);
        int start = 0;
        while (start < line.length() && isBlank(line.charAt(start))) {
            start++;
        }
        int stop = start;
        while (stop < line.length() && !isBlank(line.charAt(stop)) && line.charAt(stop) != 0) {
            stop++;
        }
        if (stop == start || (cut && stop == line.length())) {
            return Optional.empty();
        }
        String rest = line.substring(stop).replaceAll("^[ \\t\\x00]+|[ \\t]+$", "");
        return Optional.of(new Interpreter(bytes(line.substring(start, stop)), bytes(rest)));
    }

    private static boolean isBlank(char character) {
        return character == ' ' || character == '\t';
    }

    /// What to do when the interpreter is not there.
    String missing() {
        return path[path.length - 1] == '\r' ? carriageReturn() : "install it, or name another one in the first line";
    }

    private static String carriageReturn() {
        return "the lines end in CR LF, let them end in LF: sed -i 's/\\r$//' FILE";
    }

    /// What keeps an interpreter that is there from running the script.
    ///
    /// @param script how it is spoken of
    Optional<Obstacle> obstacle(String script, LaunchDescription launch) {
        String program = String.valueOf(FileNames.path(absolute(path)).getFileName());
        String words = text(argument);
        if (program.endsWith(SHELL) && words.endsWith("\r")) {
            return Optional.of(new Obstacle("the interpreter " + FileNames.shown(path) + " of " + script
                    + " is given the option " + FileNames.shown(argument), carriageReturn()));
        }
        return program.equals(ENV) && !words.isEmpty() ? env(words, script, launch) : Optional.empty();
    }

    private static byte[] absolute(byte[] path) {
        return bytes("/" + text(path));
    }

    /// env(1) takes the whole argument for the name of a program, unless it begins with -S.
    private static Optional<Obstacle> env(String words, String script, LaunchDescription launch) {
        Optional<String> program = wanted(words);
        if (program.isEmpty() || ProgramPath.find(launch, bytes(program.get())).filter(Interpreter::isThere)
                .isPresent()) {
            return Optional.empty();
        }
        String name = FileNames.shown(bytes(program.get()));
        String found = "env, the interpreter of " + script + ", would find no " + name + " on the PATH";
        if (program.get().endsWith("\r")) {
            return Optional.of(new Obstacle(found, carriageReturn()));
        }
        return Optional.of(new Obstacle(found, program.get().contains(" ")
                ? "separate a program from its arguments with #!/usr/bin/env -S"
                : "install it, or name it by its path"));
    }

    private static boolean isThere(Path path) {
        return java.nio.file.Files.exists(path);
    }

    /// What env is to run; empty when that takes more than a look, as with variables, quotes and most options.
    private static Optional<String> wanted(String words) {
        if (!words.startsWith("-")) {
            return words.contains("=") ? Optional.empty() : Optional.of(words);
        }
        List<String> split = new ArrayList<>(Arrays.asList(words.split("[ \\t]+", -1)));
        String first = split.removeFirst();
        if (first.startsWith("-S") && first.length() > 2) {
            split.addFirst(first.substring(2));
        } else if (!first.equals("-S")) {
            return Optional.empty();
        }
        String program = split.isEmpty() ? "" : split.getFirst();
        boolean plain = PLAIN_WORD.matcher(program.replace("\r", "")).matches() && !program.startsWith("-")
                && !program.contains("=");
        // GNU env splits at a carriage return as at any white space.
        return plain ? Optional.of(program.replace("\r", "")) : Optional.empty();
    }

    /// About a file that is neither a script nor a program.
    static Obstacle noProgram(byte[] head, String name) {
        String start = new String(head, 0, Math.min(head.length, 5), StandardCharsets.ISO_8859_1);
        if (start.equals("\u00ef\u00bb\u00bf#!")) {
            return new Obstacle(name + " begins with a byte order mark, and so the kernel does not see its #!",
                    "save it as UTF-8 without one");
        }
        return new Obstacle(head.length == 0 ? name + " is empty" : name + " is neither a script nor a program",
                "if it is a script, begin it with #!/bin/sh");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
