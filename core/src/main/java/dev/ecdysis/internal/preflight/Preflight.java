package dev.ecdysis.internal.preflight;

import dev.ecdysis.internal.launch.JavaOptions;
import dev.ecdysis.internal.launch.LaunchCheck;
import dev.ecdysis.internal.launch.LaunchDescription;
import dev.ecdysis.internal.launch.NextLaunch;
import dev.ecdysis.internal.launch.Obstacle;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.procfs.FileNames;
import dev.ecdysis.internal.procfs.Supervision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;

/// Looks for reasons why an upgrade would fail, before anything is started.
public final class Preflight {
    private static final System.Logger LOG = Log.of(Preflight.class);
    /// A jar that was written to within this time may still be being written.
    private static final Duration STILL = Duration.ofSeconds(1);

    /// Java ignores entries of the class path that are not there, and so does an upgrade.
    private final List<Path> missingFromTheStart;
    private final Optional<JarIdentity> ownJar;
    private final boolean successor;
    private volatile boolean endsItsSession;
    private volatile Optional<WaitingParent.Finding> parent = Optional.empty();

    /// What the jar of this process was when it started.
    private record JarIdentity(Path path, Object key, long size, Instant modified) {
    }

    /// @param launch what would start a successor now
    /// @param successor whether this process is of a later generation than 0
    public Preflight(LaunchDescription launch, boolean successor) {
        this.successor = successor;
        List<Path> jars = jars(launch);
        this.missingFromTheStart = launch.words().contains("-jar") ? List.of() : missing(jars);
        this.ownJar = jars.isEmpty() ? Optional.empty() : identity(jars.getFirst());
    }

    private static String namedBy(String script) {
        return " (" + NextLaunch.SCRIPT + " names " + script + ")";
    }

    private static List<Path> missing(List<Path> jars) {
        List<Path> missing = new ArrayList<>();
        for (Path jar : jars) {
            if (!Files.exists(jar)) {
                missing.add(jar);
            }
        }
        return missing;
    }

    /// Looks at everything.
    ///
    /// @param next what is to be started
    /// @return why not to begin, one line that says what to do; empty when nothing speaks against it
    public Optional<String> obstacle(NextLaunch next) {
        Optional<Obstacle> start = LaunchCheck.obstacle(next); // what else is found out may depend on it
        if (start.isPresent()) {
            return start.map(why -> "cannot start the new version: " + why.line()
                    + next.script().map(Preflight::namedBy).orElse(""));
        }
        Optional<String> container = ContainerInit.obstacle();
        if (container.isPresent()) {
            return container;
        }
        List<Ancestor> chain = Ancestor.ofThisProcess();
        boolean followed = Supervision.ofThisProcess().isPresent();
        endsItsSession = TerminalSession.endsWith(chain, followed);
        return lookAtParents(chain, followed).filter(WaitingParent.Finding::certain).isPresent()
                ? parent.map(WaitingParent.Finding::text)
                : jars(next.started()).stream()
                        .filter(jar -> Files.exists(jar) || !missingFromTheStart.contains(jar)).map(this::jarObstacle)
                        .flatMap(Optional::stream).findFirst();
    }

    /// Tells in the log what an operator should know, once.
    private Optional<WaitingParent.Finding> lookAtParents(List<Ancestor> chain, boolean followed) {
        Optional<WaitingParent.Finding> before = parent;
        Optional<WaitingParent.Finding> now = WaitingParent.find(chain, followed, successor);
        parent = now;
        if (now.isPresent() && !now.equals(before)) {
            LOG.log(System.Logger.Level.WARNING, now.get().text());
        }
        return now;
    }

    /// What the latest look at everything found that speaks against an upgrade, but not against trying it; one line each.
    /// From any thread.
    public List<String> warnings() {
        return parent.filter(finding -> !finding.certain()).map(finding -> List.of(finding.text())).orElse(List.of());
    }

    /// The same with what keeps an upgrade from being tried, as long as nobody does something about it.
    public List<String> notes() {
        return parent.map(finding -> List.of(finding.text())).orElse(List.of());
    }

    /// Whether the session of this process ended with it, as far as the latest look at everything tells: then a successor
    /// must be in another one. From any thread.
    public boolean endsItsSession() {
        return endsItsSession;
    }

    /// The jars that the command line names: after `-jar`, or on the class path.
    private static List<Path> jars(LaunchDescription launch) {
        // Each byte a character: what is a name may be in any encoding.
        List<String> words = new ArrayList<>();
        for (byte[] argument : launch.arguments()) {
            words.add(new String(argument, StandardCharsets.ISO_8859_1));
        }
        List<Path> jars = new ArrayList<>();
        for (int i = 1; i < words.size() - 1; i++) {
            String word = words.get(i);
            if (word.equals("-jar")) {
                jars.add(jar(launch, words.get(i + 1)));
                return jars;
            }
            if (JavaOptions.CLASS_PATH.contains(word)) {
                for (String entry : words.get(i + 1).split(":", -1)) {
                    if (entry.endsWith(".jar")) {
                        jars.add(jar(launch, entry));
                    }
                }
                return jars;
            }
            if (JavaOptions.takesWord(word)) {
                i++;
            } else if (!word.startsWith("-") && !word.startsWith("@")) {
                return jars; // the main class, or a program that is not java: what follows is its own
            }
        }
        return jars;
    }

    private static Path jar(LaunchDescription launch, String name) {
        return FileNames.resolve(launch.directory(), name.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Optional<String> jarObstacle(Path jar) {
        if (!Files.isReadable(jar)) {
            return Optional.of(
                    "the jar " + FileNames.shown(jar) + " is missing or cannot be read; deploy it, then upgrade again");
        }
        try {
            Instant modified = Files.getLastModifiedTime(jar).toInstant();
            if (modified.isAfter(Instant.now().minus(STILL)) && !modified.isAfter(Instant.now())) {
                Thread.sleep(STILL);
                if (!Files.getLastModifiedTime(jar).toInstant().equals(modified)) {
                    return Optional.of("the jar " + FileNames.shown(jar)
                            + " is still being written; upgrade again when it is complete");
                }
            }
            if (FileNames.isExpressible(jar)) {
                whole(jar);
            }
            warnIfOverwritten(jar);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("the jar " + FileNames.shown(jar) + " is incomplete or damaged (" + e.getMessage()
                    + "); deploy it again, then upgrade");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /// Opening reads the whole central directory, which stands at the end: a jar that was cut short does not open.
    private static void whole(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (zip.size() == 0) {
                throw new IOException("it is empty");
            }
        }
    }

    private void warnIfOverwritten(Path jar) {
        Optional<JarIdentity> now = identity(jar);
        if (ownJar.isPresent() && now.isPresent() && ownJar.get().path().equals(jar)
                && ownJar.get().key().equals(now.get().key()) && !ownJar.equals(now)) {
            LOG.log(System.Logger.Level.WARNING, "the jar " + FileNames.shown(jar)
                    + " was overwritten in place under this process,"
                    + " which cannot load further classes from it; deploy into a new folder behind a symlink instead");
        }
    }

    private static Optional<JarIdentity> identity(Path jar) {
        try {
            var attributes = Files.readAttributes(jar, java.nio.file.attribute.BasicFileAttributes.class);
            Object key = attributes.fileKey();
            return key == null ? Optional.empty() : Optional.of(
                    new JarIdentity(jar, key, attributes.size(), attributes.lastModifiedTime().toInstant()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
