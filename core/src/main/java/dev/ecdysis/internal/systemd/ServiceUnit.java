package dev.ecdysis.internal.systemd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A service in which a process runs, as its control group tells.
///
/// @param name with its suffix, such as `app@blue.service`, escaped as systemd writes it
/// @param ofUser whether it is a user's own manager that runs it
record ServiceUnit(String name, boolean ofUser) {
    private static final String HIERARCHY = ":name=systemd:";
    private static final String UNIFIED = "0::";
    private static final String SUFFIX = ".service";
    private static final String INIT = "/init.scope";

    /// Where a process is.
    ///
    /// @param service the service; empty in a scope, such as a session or a container, in a slice, and where it is hidden
    /// @param hidden whether nothing can be told, because a cgroup namespace begins at this very group
    record Place(Optional<ServiceUnit> service, boolean hidden) {
    }

    /// Reads `/proc/PID/cgroup`: the hierarchy that systemd keeps, of version 1 (`name=systemd`) or 2. On a machine with
    /// both, systemd uses either.
    ///
    /// @param own the file of the process
    /// @param init the one of process 1; empty when it cannot be read. In a container systemd's root may lie deeper
    static Place of(String own, String init) {
        boolean hidden = true;
        for (String start : List.of(HIERARCHY, UNIFIED)) {
            Optional<String> path = path(own, start);
            if (path.isPresent()) {
                String below = below(path.get(), path(init, start).orElse(""));
                Optional<ServiceUnit> service = ofPath(below);
                if (service.isPresent()) {
                    return new Place(service, false);
                }
                hidden &= below.equals("/");
            }
        }
        return new Place(Optional.empty(), hidden);
    }

    private static Optional<String> path(String file, String start) {
        return file.lines().filter(line -> line.contains(start) && (!start.equals(UNIFIED) || line.startsWith(start)))
                .map(line -> line.substring(line.indexOf(start) + start.length())).findFirst();
    }

    /// Process 1 sits in `init.scope` below systemd's root, or in the root itself.
    private static String below(String path, String init) {
        String root = init.endsWith(INIT) ? init.substring(0, init.length() - INIT.length()) : "";
        return !root.isEmpty() && path.startsWith(root + "/") ? path.substring(root.length()) : path;
    }

    /// As systemd itself reads a path: below slices comes a unit, and what is below that is the unit's own business. But
    /// a user's manager is a service whose groups are units again.
    private static Optional<ServiceUnit> ofPath(String path) {
        List<String> parts = new ArrayList<>(List.of(path.substring(1).split("/", -1)));
        skipSlices(parts);
        boolean ofUser = parts.size() > 1 && parts.getFirst().matches("user@\\d+\\.service");
        if (ofUser) {
            parts.removeFirst();
            skipSlices(parts);
        }
        if (parts.isEmpty() || !parts.getFirst().endsWith(SUFFIX)) {
            return Optional.empty();
        }
        // A name that would be mistaken for a file of the kernel's has an underscore before it.
        String name = parts.getFirst();
        return Optional.of(new ServiceUnit(name.startsWith("_") ? name.substring(1) : name, ofUser));
    }

    private static void skipSlices(List<String> parts) {
        while (!parts.isEmpty() && parts.getFirst().endsWith(".slice")) {
            parts.removeFirst();
        }
    }
}
