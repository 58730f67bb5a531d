package dev.ecdysis.internal.activation;

import dev.ecdysis.Activated;
import dev.ecdysis.Address;
import dev.ecdysis.EcdysisException;
import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.OwnProcess;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.SockAddr;
import dev.ecdysis.internal.procfs.ProcFiles;
import dev.ecdysis.internal.registry.BoundSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The descriptors that a service manager has passed to this process, until each is claimed by a listener or closed. Not
/// thread-safe.
public final class PassedSockets {
    private static final System.Logger LOG = Log.of(PassedSockets.class);
    private static @Nullable PassedSockets ours;

    private final Posix posix;
    private final List<Passed> left;
    private final Set<String> stored;
    private final String why;
    private final List<String> all;

    private PassedSockets(Posix posix, List<Passed> passed, Set<String> stored, String why) {
        this.posix = posix;
        this.stored = Set.copyOf(stored);
        this.left = new CopyOnWriteArrayList<>(passed);
        this.why = why;
        this.all = passed.stream().map(Passed::toString).toList();
    }

    /// Those of this process. They are taken once: /proc/self/environ says for ever what was passed at the start.
    ///
    /// @throws EcdysisException when what the environment says of them is not so
    public static synchronized PassedSockets toThisProcess(Posix posix) throws EcdysisException {
        PassedSockets known = ours;
        if (known == null) {
            known = take(posix);
            ours = known;
        }
        return known;
    }

    private static PassedSockets take(Posix posix) throws EcdysisException {
        try {
            List<byte[]> environment = ProcFiles.environment(posix);
            if (!ListenVariables.isThere(environment)) {
                return new PassedSockets(posix, List.of(), Set.of(),
                        "LISTEN_FDS is not set; start it through its socket unit");
            }
            for (String name : ListenVariables.ALL) {
                posix.unsetenv(name);
            }
            return take(posix, ListenVariables.read(environment, OwnProcess.pid(), identity(posix)),
                    ListenVariables.FIRST);
        } catch (EcdysisException e) {
            throw e;
        } catch (IOException e) {
            throw new EcdysisException("what a service manager has passed is not known: " + e.getMessage(), e);
        }
    }

    /// From Linux 6.9 on the inode of a pidfd is no other process's.
    private static OptionalLong identity(Posix posix) throws IOException {
        try (Fd self = posix.pidfdOpen((int) OwnProcess.pid())) {
            Object inode = Files.getAttribute(Path.of("/proc/self/fd", Integer.toString(self.number())), "unix:ino");
            return inode instanceof Number number ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
        }
    }

    /// @param first number of a descriptor
    static PassedSockets take(Posix posix, ListenVariables variables, int first) throws EcdysisException {
        Map<String, Passed> taken = new LinkedHashMap<>();
        Set<String> stored = new TreeSet<>();
        int number = first;
        for (String name : variables.names()) {
            Passed one = Passed.take(posix, number++, name);
            if (!one.keeper().isUnit()) {
                stored.add(name);
            }
            Passed same = one.socket() ? taken.get(one.file()) : null;
            if (same == null) {
                taken.put(one.socket() ? one.file() : "descriptor " + number, one);
            } else if (one.keeper().isUnit() && !same.keeper().isUnit()) {
                same.fd().close(); // stored, although a unit has it
                taken.put(one.file(), one);
            } else {
                one.fd().close(); // the same socket once more
            }
        }
        return new PassedSockets(posix, List.copyOf(taken.values()), stored, variables.why());
    }

    /// The names of all that came from the store, claimed or not.
    public Set<String> stored() {
        return stored;
    }

    /// What a listener with that name and address is to have: what has its name, else what has its address. What was stored
    /// it has at its address only. It is not taken
    /// yet: see [#claim].
    ///
    /// @throws EcdysisException when what has the name is nothing that a listener can have
    public Optional<BoundSockets> find(String listener, Address asked) throws EcdysisException {
        if (left.isEmpty()) {
            return Optional.empty();
        }
        if (asked instanceof Activated activated) {
            return only(listener, asked, named(activated.name()));
        }
        List<Passed> same = named(listener);
        List<BoundSockets> mine = groups(listener, same);
        if (!mine.isEmpty()) {
            Optional<BoundSockets> there = at(asked, mine);
            return there.isPresent() ? there : only(listener, asked, same);
        }
        List<BoundSockets> groups = groups(listener, left);
        Optional<BoundSockets> stored = at(asked, groups.stream()
                .filter(group -> group.keeper().filter(keeper -> keeper.stores(listener)).isPresent()).toList());
        return stored.isPresent() ? stored : at(asked, groups);
    }

    private static Optional<BoundSockets> at(Address asked, List<BoundSockets> groups) {
        return groups.stream().filter(group -> group.isAt(asked)).findFirst().map(group -> group.under(asked));
    }

    /// All of that name, which have to be one listener.
    private Optional<BoundSockets> only(String listener, Address asked, List<Passed> named) throws EcdysisException {
        List<BoundSockets> groups = groups(listener, named);
        String start = "cannot listen on " + asked + " (" + listener + "): the service manager has passed ";
        if (groups.size() > 1) {
            throw new EcdysisException(start + "sockets with that name on different addresses: "
                    + words(named) + "; give each a unit of its own, with another FileDescriptorName=");
        }
        if (groups.isEmpty() && !named.isEmpty()) {
            throw new EcdysisException(start + words(named) + ", and a listener is a stream socket that listens"
                    + " (ListenStream=, Accept=no)");
        }
        if (!(asked instanceof Activated) && !groups.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "listener " + listener + " is at " + groups.getFirst().local()
                    + ", where the service manager has opened the sockets of this name, and not at " + asked);
        }
        return groups.stream().findFirst().map(group -> group.under(asked));
    }

    private List<Passed> named(String name) {
        return left.stream().filter(one -> one.keeper().isUnit() && one.name().equals(name)).toList();
    }

    /// One for each name and address.
    private List<BoundSockets> groups(String listener, List<Passed> some) throws EcdysisException {
        Map<String, List<Passed>> groups = new LinkedHashMap<>();
        for (Passed one : some) {
            Optional<SockAddr> place = one.place();
            if (place.isPresent()) {
                groups.computeIfAbsent(one.name() + ":" + place.get(), _ -> new ArrayList<>()).add(one);
            }
        }
        List<BoundSockets> sockets = new ArrayList<>();
        for (List<Passed> group : groups.values()) {
            sockets.add(BoundSockets.passed(posix, listener,
                    group.getFirst().keeper(), group.stream().map(Passed::fd).toList()));
        }
        return sockets;
    }

    /// What was [found][#find] is the listener's from now on.
    public void claim(BoundSockets sockets) {
        left.removeIf(one -> sockets.sockets().contains(one.fd()));
    }

    /// What has been passed, for a message: or why nothing was.
    public String describe() {
        return all.isEmpty() ? "nothing at all: " + why
                : String.join(", ", all) + "; name it with FileDescriptorName= in its socket unit";
    }

    private static String words(List<Passed> some) {
        return some.stream().map(Passed::toString).collect(Collectors.joining(", "));
    }

    /// Closes what nobody has claimed, and says so. What is no socket is none of ours, and stays as it is.
    public void closeUnclaimed() {
        for (Passed one : List.copyOf(left)) {
            if (!left.remove(one)) {
                continue; // it is being claimed
            }
            if (one.socket()) {
                one.fd().close();
            }
            if (!one.keeper().isUnit()) {
                LOG.log(System.Logger.Level.INFO,
                        "no listener claims " + one + ", which an earlier version has stored");
                continue;
            }
            LOG.log(System.Logger.Level.WARNING, "no listener claims " + one
                    + ", which the service manager has passed; it is "
                    + (one.socket()
                            ? "closed here, and whoever connects waits: name a listener so, or take it out of the"
                                    + " socket unit"
                            : "left alone"));
        }
    }
}
