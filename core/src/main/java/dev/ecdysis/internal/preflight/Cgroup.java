package dev.ecdysis.internal.preflight;

import dev.ecdysis.internal.log.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A control group as its folder shows it, see [cgroups(7)](https://man7.org/linux/man-pages/man7/cgroups.7.html).
///
/// @param folder where its files are
/// @param isVersion2 whether they are those of the unified hierarchy
record Cgroup(Path folder, boolean isVersion2) {
    private static final System.Logger LOG = Log.of(Cgroup.class);
    /// `ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS... - TYPE SOURCE SUPEROPTIONS`, of
    /// [proc_pid_mountinfo(5)](https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html).
    private static final Pattern MOUNT = Pattern
            .compile("\\S+ \\S+ \\S+ (\\S+) (\\S+) .*- (cgroup2?) \\S+ (\\S+)");
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    /// Where a hierarchy is mounted, and which group of it is the top of what can be seen there.
    private record Mount(String root, Path point, boolean isVersion2) {
    }

    /// The group of this process that counts its memory, and all above it that can be seen: each has a say. Both
    /// versions may be there; empty when neither is.
    ///
    /// @param root of the file system; tests have one of their own
    static List<Cgroup> ofMemory(Path root) {
        List<Cgroup> groups = new ArrayList<>();
        try {
            List<String> memberships = Files.readAllLines(root.resolve("proc/self/cgroup"));
            for (Mount mount : mounts(root)) {
                membership(memberships, mount.isVersion2())
                        .ifPresent(path -> groups.addAll(upwards(mount, path)));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot find out about cgroups", e);
        }
        return groups;
    }

    private static List<Mount> mounts(Path root) throws IOException {
        List<Mount> mounts = new ArrayList<>();
        for (String line : Files.readAllLines(root.resolve("proc/self/mountinfo"))) {
            Matcher matcher = MOUNT.matcher(line);
            if (matcher.matches()) {
                boolean version2 = matcher.group(3).equals("cgroup2");
                if (version2 || List.of(matcher.group(4).split(",", -1)).contains("memory")) {
                    mounts.add(new Mount(plain(matcher.group(1)),
                            root.resolve(plain(matcher.group(2)).replaceFirst("^/+", "")), version2));
                }
            }
        }
        return mounts;
    }

    /// Spaces and the like are written as octal numbers.
    private static String plain(String escaped) {
        return OCTAL.matcher(escaped)
                .replaceAll(found -> Matcher.quoteReplacement(
                        Character.toString((char) Integer.parseInt(found.group(1), 8))));
    }

    private static Optional<String> membership(List<String> lines, boolean version2) {
        for (String line : lines) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && (version2 ? parts[0].equals("0") && parts[1].isEmpty()
                    : List.of(parts[1].split(",", -1)).contains("memory"))) {
                return Optional.of(parts[2]);
            }
        }
        return Optional.empty();
    }

    /// A container may see its own group as the top, by a namespace or because only that part is mounted, and be told a
    /// path that does not exist there: then the top is all that can be known.
    private static List<Cgroup> upwards(Mount mount, String path) {
        String below = path;
        if (!mount.root().equals("/")) {
            below = path.equals(mount.root()) || path.startsWith(mount.root() + "/")
                    ? path.substring(mount.root().length()) : "";
        }
        Path folder = mount.point().resolve(below.replaceFirst("^/+", "")).normalize();
        if (!folder.startsWith(mount.point()) || !Files.isDirectory(folder)) {
            folder = mount.point();
        }
        List<Cgroup> groups = new ArrayList<>();
        for (Path one = folder; one != null && one.startsWith(mount.point()); one = one.getParent()) {
            groups.add(new Cgroup(one, mount.isVersion2()));
        }
        return groups;
    }

    /// The number in one of its files; empty for `max`, or when there is no such file.
    OptionalLong number(String file) {
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(folder.resolve(file)).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /// The number behind a word in a file of such lines.
    OptionalLong stat(String file, String word) {
        try {
            for (String line : Files.readAllLines(folder.resolve(file))) {
                if (line.startsWith(word + " ")) {
                    return OptionalLong.of(Long.parseLong(line.substring(word.length() + 1).strip()));
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot read {0} of {1}", file, folder);
        }
        return OptionalLong.empty();
    }
}
