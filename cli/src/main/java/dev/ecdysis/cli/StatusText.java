package dev.ecdysis.cli;

import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.ListenerStatus;
import dev.ecdysis.status.ServerStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.util.ArrayList;
import java.util.List;

/// A server's status for a human.
final class StatusText {
    private static final int MOST_NOTES = 20;
    private static final int MOST_WAITS = 20;

    private StatusText() {
    }

    static List<Line> lines(ServerStatus status) {
        List<Line> lines = new ArrayList<>();
        lines.add(fact("generation", Integer.toString(status.generation())));
        lines.add(fact("process", Long.toString(status.pid())));
        lines.add(fact("version", Printable.label(status.version())));
        lines.add(fact("state", Printable.label(Standing.word(status))));
        status.upgrade().ifPresent(upgrade -> lines.add(fact("upgrade", upgrade(upgrade))));
        lines.add(fact("uptime", HumanDuration.text(status.uptime())));
        lines.add(fact("connections", Long.toString(status.connections())));
        status.pidFile().ifPresent(path -> lines.add(fact("PID file", Printable.label(path))));
        lines.add(fact("adoption", Printable.label(status.adoption())));
        addListeners(lines, status.listeners());
        addDraining(lines, status.draining());
        addNotes(lines, status.notes());
        return lines;
    }

    private static Line fact(String name, String value) {
        return Line.plain(name + " ".repeat(13 - name.length()) + value);
    }

    private static String upgrade(UpgradeStatus upgrade) {
        String process = upgrade.pid().isPresent() ? ", process " + upgrade.pid().getAsLong() : "";
        return "to generation " + upgrade.generation() + process + ", for " + HumanDuration.text(upgrade.elapsed());
    }

    private static void addListeners(List<Line> lines, List<ListenerStatus> listeners) {
        lines.add(Line.plain(""));
        if (listeners.isEmpty()) {
            lines.add(Line.plain("no listeners"));
            return;
        }
        Table table = new Table("LISTENER", "ADDRESS", "SOCKETS", "CONNECTIONS", "ORIGIN");
        for (ListenerStatus listener : listeners) {
            table.add(Printable.label(listener.name()), Printable.label(listener.address()),
                    Integer.toString(listener.sockets()), Long.toString(listener.connections()),
                    listener.inherited() ? "inherited" : "opened here");
        }
        table.lines().stream().map(Line::plain).forEach(lines::add);
    }

    private static void addDraining(List<Line> lines, List<DrainingStatus> draining) {
        if (draining.isEmpty()) {
            return;
        }
        lines.add(Line.plain(""));
        for (DrainingStatus older : draining) {
            lines.add(Line.caution(
                    "draining: generation " + older.generation() + ", process " + older.pid() + ", for "
                            + HumanDuration.text(older.elapsed()) + ", " + left(older) + ", " + end(older)));
            lines.addAll(Printable.last(older.waitsFor(), MOST_WAITS,
                    entry -> "  waits for " + Printable.label(entry)));
        }
    }

    private static String left(DrainingStatus older) {
        return older.connections() < 0
                ? "connections unknown as it does not answer"
                : ProgressText.connections(older.connections());
    }

    private static String end(DrainingStatus older) {
        return older.untilKilled().isPositive()
                ? "killed in " + HumanDuration.text(older.untilKilled())
                : "being killed";
    }

    private static void addNotes(List<Line> lines, List<String> notes) {
        if (notes.isEmpty()) {
            return;
        }
        lines.add(Line.plain(""));
        Printable.last(notes, MOST_NOTES, note -> "note: " + Printable.sentence(note)).stream()
                .map(line -> Line.caution(line.text()))
                .forEach(lines::add);
    }
}
