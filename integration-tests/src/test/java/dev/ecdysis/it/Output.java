package dev.ecdysis.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the processes of a chain print. A file rather than a pipe: it outlives generation 0, and the JDK
/// closes the pipes of a child that has ended, although its successors still write there.
final class Output {
    private final Path file;

    Output(Path file) {
        this.file = file;
    }

    /// Where the output ends now: wait from here for what comes next.
    int mark() throws IOException {
        return lines().size();
    }

    /// Waits for a line that contains the pattern, among those from the mark on.
    MatchResult await(int mark, String pattern) throws Exception {
        return Await.value("a line with " + pattern + " in " + file, () -> find(mark, pattern));
    }

    Optional<MatchResult> find(int mark, String pattern) throws IOException {
        Pattern compiled = Pattern.compile(pattern);
        return lines().stream().skip(mark).map(compiled::matcher).filter(Matcher::find)
                .map(Matcher::toMatchResult).findFirst();
    }

    List<String> lines() throws IOException {
        String text = Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
        // The last line may not be whole yet.
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    String tail(int most) throws IOException {
        List<String> lines = lines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - most), lines.size()));
    }
}
