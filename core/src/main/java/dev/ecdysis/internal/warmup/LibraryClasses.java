package dev.ecdysis.internal.warmup;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.log.Log;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/// All classes of the library, to be loaded while they still can be. A jar that is overwritten in place has other bytes
/// where the class loader looks for a class, and a process that could no longer hand over would be there for ever.
final class LibraryClasses {
    private static final System.Logger LOG = Log.of(LibraryClasses.class);
    private static final String SUFFIX = ".class";
    private static final String INNER = EcdysisException.class.getPackageName() + ".internal.";
    /// Requests are being served meanwhile, and nothing waits for this.
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private LibraryClasses() {
    }

    /// Loads them, and initialises those of the inner packages: a class whose first use comes while there is no memory can
    /// never be used again. Not the events of the flight recorder: the first of them starts all of that, for a tenth of a
    /// second, and [dev.ecdysis.internal.announce.FlightRecord] can do without. What cannot be loaded is logged.
    static void load() {
        try {
            List<String> names = names(EcdysisException.class);
            LOG.log(System.Logger.Level.DEBUG, "loading what there is of {0} classes", names.size());
            for (String name : names) {
                load(name);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the library's own classes cannot be listed", e);
        }
    }

    private static void load(String name) {
        try {
            Class<?> loaded = Class.forName(name, false, LibraryClasses.class.getClassLoader());
            if (name.startsWith(INNER) && !isEvent(loaded)) {
                Class.forName(name, true, LibraryClasses.class.getClassLoader());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "without class " + name, e);
        }
    }

    private static boolean isEvent(Class<?> loaded) {
        Class<?> above = loaded.getSuperclass();
        return above != null && above.getName().equals("jdk.jfr.Event");
    }

    /// The classes in the package of this one and below, where it was itself loaded from: a jar, also one inside another,
    /// or a folder. None when it is neither.
    static List<String> names(Class<?> root) throws IOException {
        URL place = root.getResource(root.getSimpleName() + SUFFIX);
        if (place == null) {
            return List.of();
        }
        URLConnection connection = place.openConnection();
        connection.setUseCaches(false); // the cached file would never be closed
        if (connection instanceof JarURLConnection inJar) {
            return namesIn(inJar, root.getPackageName());
        }
        return place.getProtocol().equals("file") ? namesBelow(place, root.getPackageName()) : List.of();
    }

    private static List<String> namesIn(JarURLConnection inJar, String rootPackage) throws IOException {
        List<String> names = new ArrayList<>();
        try (JarFile jar = inJar.getJarFile()) {
            for (JarEntry one : (Iterable<JarEntry>) jar.stream()::iterator) {
                if (one.getName().startsWith(rootPackage.replace('.', '/') + "/")) {
                    add(one.getName(), names);
                }
            }
        }
        return names;
    }

    private static List<String> namesBelow(URL file, String rootPackage) throws IOException {
        List<String> names = new ArrayList<>();
        try {
            Path folder = Path.of(file.toURI()).resolveSibling("");
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path one : (Iterable<Path>) files::iterator) {
                    add(rootPackage.replace('.', '/') + "/" + folder.relativize(one), names);
                }
            }
        } catch (URISyntaxException e) {
            throw new IOException("an odd place of classes: " + file, e);
        }
        return names;
    }

    private static void add(String path, List<String> names) {
        if (path.endsWith(SUFFIX) && !path.endsWith("-info.class")) {
            names.add(path.substring(0, path.length() - SUFFIX.length()).replace('/', '.'));
        }
    }
}
