package dev.ecdysis.internal.process;

import dev.ecdysis.internal.log.Log;
import dev.ecdysis.internal.procfs.ProcFiles;
import dev.ecdysis.internal.thread.Survival;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/// Installs signal handlers through `sun.misc.Signal`, the only way that HotSpot supports, and puts back what was
/// there.
public final class Signals implements AutoCloseable {
    private static final System.Logger LOG = Log.of(Signals.class);

    private final List<Installed> installed = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();
    private final List<String> working = new ArrayList<>();

    private record Installed(Signal signal, SignalHandler before) {
    }

    /// Calls the handler with the signal's name (`HUP`), on a thread of the JVM's.
    ///
    /// A signal that cannot be handled is noted, not refused: the server works without it.
    public synchronized void handle(String name, Consumer<String> handler) {
        Signal signal = new Signal(name);
        boolean isIgnored = isIgnored(signal.getNumber());
        if (isIgnored) {
            ignored.add(name);
        }
        try {
            installed.add(new Installed(signal, Signal.handle(signal, received -> deliver(name, handler))));
            if (!isIgnored) {
                working.add(name);
            }
        } catch (IllegalArgumentException e) {
            note("SIG" + name + " cannot be handled (" + e.getMessage() + "), as with -Xrs;"
                    + " use the control socket, or start the JVM without -Xrs");
        }
    }

    /// The JVM has made a thread for this one signal, which must not be lost now for want of memory: the sender thinks
    /// that it has arrived. Before that it can be, and nobody is told: the JVM drops a signal that it has no memory or no
    /// thread for.
    private static void deliver(String name, Consumer<String> handler) {
        Survival.awaitMemory();
        for (int tries = 1;; tries++) {
            try {
                handler.accept(name);
                return;
            } catch (VirtualMachineError e) {
                Survival.outlast(e, tries);
            }
        }
    }

    private void note(String text) {
        notes.add(text);
    }

    /// Warns of what an operator should know, once the process serves: a start that fails has something else to say.
    public synchronized void warn() {
        for (String note : notes()) {
            LOG.log(System.Logger.Level.WARNING, note);
        }
    }

    /// Lets go of all signals, and does what this one does without us: usually the end of the JVM.
    public void raiseByDefault(String name) {
        close();
        Signal.raise(new Signal(name));
    }

    /// What an operator should know of the signals, one line each.
    public synchronized List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        all.addAll(notesOfIgnored(ignored, working));
        return all;
    }

    /// Of the signals that never arrive, those that are missed. A shell without job control starts what comes before an
    /// `&` with SIGINT and SIGQUIT ignored, which costs nothing where SIGTERM stops as well; nohup ignores SIGHUP alone.
    static List<String> notesOfIgnored(List<String> ignored, List<String> working) {
        List<String> notes = new ArrayList<>();
        for (String name : ignored) {
            if (name.equals("HUP")) {
                notes.add("SIG" + name + " is ignored by this process, as under nohup, and will never arrive; use the"
                        + " control socket, or start the server without nohup");
            } else if (!name.equals("INT")) {
                notes.add("SIG" + name + " is ignored by this process, as whoever started it has set, and will never"
                        + " arrive; use the control socket, or start the server without that");
            } else if (!working.contains("TERM")) {
                notes.add(
                        "SIG" + name + " is ignored by this process, as after an & in a script, and will never arrive;"
                                + " use the control socket, or have SIGTERM stop the server as well");
            }
        }
        return notes;
    }

    private static boolean isIgnored(int number) {
        try {
            Optional<String> mask = ProcFiles.status("self", "SigIgn");
            return mask.isPresent() && new BigInteger(mask.get(), 16).testBit(number - 1);
        } catch (IOException | NumberFormatException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot read SigIgn", e);
            return false;
        }
    }

    @Override
    public synchronized void close() {
        for (Installed one : installed) {
            Signal.handle(one.signal(), one.before());
        }
        installed.clear();
    }
}
