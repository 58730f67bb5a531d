package dev.ecdysis.internal.control;

import dev.ecdysis.internal.wire.Fields;
import dev.ecdysis.internal.wire.WireException;
import dev.ecdysis.status.Check;
import dev.ecdysis.status.DrainingStatus;
import dev.ecdysis.status.ListenerStatus;
import dev.ecdysis.status.ServerState;
import dev.ecdysis.status.ServerStatus;
import dev.ecdysis.status.UpgradeStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// How status and the doctor's checks are written into an answer, and read from it.
public final class StatusCodec {
    /// The feature of a server that reads the command in a request for an upgrade. An older one would skip it, and start
    /// what it always starts.
    public static final String UPGRADE_COMMAND = "upgrade-command";

    private static final Duration LONGEST_DRAIN = Duration.ofDays(365);

    private StatusCodec() {
    }

    /// The answer to who asks for the status.
    ///
    /// @param predecessor when the upgrade that brought this server is not decided
    public static Fields of(ServerStatus status, Optional<PredecessorProcess> predecessor) {
        Fields.Builder builder = Fields.builder().number("generation", status.generation()).number("pid", status.pid())
                .text("version", status.version()).text("state", status.state().name())
                .number("ready", status.ready() ? 1 : 0)
                .number("uptime-nanos", status.uptime().toNanos()).number("connections", status.connections())
                .text("adoption", status.adoption()).text("feature", UPGRADE_COMMAND);
        status.pidFile().ifPresent(path -> builder.text("pid-file", path));
        status.upgrade().ifPresent(upgrade -> builder.fields("upgrade", upgrade(upgrade)));
        status.listeners().forEach(listener -> builder.fields("listener", Fields.builder().text("name", listener.name())
                .text("address", listener.address()).number("sockets", listener.sockets())
                .number("connections", listener.connections()).number("inherited", listener.inherited() ? 1 : 0)
                .build()));
        status.draining().forEach(older -> builder.fields("draining", draining(older)));
        status.notes().forEach(note -> builder.text("note", note));
        PidNamespace.own().ifPresent(namespace -> builder.number("pid-namespace", namespace));
        predecessor.ifPresent(side -> builder.fields("predecessor",
                Fields.builder().number("pid", side.pid()).number("drain-millis", side.drain().toMillis()).build()));
        return builder.build();
    }

    private static Fields upgrade(UpgradeStatus upgrade) {
        Fields.Builder builder = Fields.builder().number("phase", ResultCodec.number(upgrade.phase()))
                .number("generation", upgrade.generation()).number("elapsed-nanos", upgrade.elapsed().toNanos());
        upgrade.pid().ifPresent(pid -> builder.number("pid", pid));
        return builder.build();
    }

    private static Fields draining(DrainingStatus older) {
        Fields.Builder builder = Fields.builder().number("generation", older.generation()).number("pid", older.pid())
                .number("elapsed-nanos", older.elapsed().toNanos())
                .number("until-killed-nanos", older.untilKilled().toNanos())
                .number("connections", older.connections());
        older.waitsFor().forEach(line -> builder.text("waits-for", line));
        return builder.build();
    }

    /// What the server can do that others of its protocol's version cannot.
    public static List<String> features(Fields status) throws WireException {
        return status.texts("feature");
    }

    /// Whether the pids in it mean the same processes here as where the server runs, as far as both know.
    public static boolean isOfOurPidNamespace(Fields status) throws WireException {
        OptionalLong theirs = status.optionalNumber("pid-namespace");
        OptionalLong ours = PidNamespace.own();
        return theirs.isEmpty() || ours.isEmpty() || theirs.getAsLong() == ours.getAsLong();
    }

    public static Optional<PredecessorProcess> predecessor(Fields status) throws WireException {
        for (Fields side : status.nested("predecessor")) {
            return Optional.of(new PredecessorProcess(side.number("pid"),
                    Duration.ofMillis(Math.clamp(side.number("drain-millis"), 0, LONGEST_DRAIN.toMillis()))));
        }
        return Optional.empty();
    }

    public static ServerStatus status(Fields fields) throws WireException {
        List<ListenerStatus> listeners = new ArrayList<>();
        for (Fields listener : fields.nested("listener")) {
            listeners.add(new ListenerStatus(listener.text("name"), listener.text("address"),
                    (int) listener.number("sockets"), listener.number("connections"),
                    listener.number("inherited") != 0));
        }
        List<DrainingStatus> draining = new ArrayList<>();
        for (Fields older : fields.nested("draining")) {
            draining.add(new DrainingStatus((int) older.number("generation"), older.number("pid"),
                    Duration.ofNanos(older.number("elapsed-nanos")),
                    Duration.ofNanos(older.number("until-killed-nanos")), older.number("connections"),
                    older.texts("waits-for")));
        }
        return new ServerStatus((int) fields.number("generation"), fields.number("pid"), fields.text("version"),
                known(ServerState.class, fields.text("state"), ServerState.UNKNOWN), upgrade(fields),
                fields.optionalNumber("ready").orElse(1) != 0,
                Duration.ofNanos(fields.number("uptime-nanos")), first(fields.texts("pid-file")), listeners,
                fields.number("connections"), draining, fields.text("adoption"), fields.texts("note"));
    }

    private static Optional<String> first(List<String> texts) {
        return texts.isEmpty() ? Optional.empty() : Optional.of(texts.getFirst());
    }

    private static Optional<UpgradeStatus> upgrade(Fields status) throws WireException {
        for (Fields upgrade : status.nested("upgrade")) {
            return Optional.of(new UpgradeStatus(ResultCodec.phase((int) upgrade.number("phase")),
                    (int) upgrade.number("generation"), upgrade.optionalNumber("pid"),
                    Duration.ofNanos(upgrade.number("elapsed-nanos"))));
        }
        return Optional.empty();
    }

    /// The value of that name.
    ///
    /// @param unknown what stands for one that only a later version has
    static <E extends Enum<E>> E known(Class<E> type, String name, E unknown) {
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException e) {
            return unknown;
        }
    }

    public static Fields of(List<Check> checks) {
        Fields.Builder builder = Fields.builder();
        checks.forEach(check -> builder.fields("check", Fields.builder().text("name", check.name())
                .text("verdict", check.verdict().name()).text("found", check.found()).text("cure", check.cure())
                .build()));
        return builder.build();
    }

    public static List<Check> checks(Fields fields) throws WireException {
        List<Check> checks = new ArrayList<>();
        for (Fields check : fields.nested("check")) {
            checks.add(new Check(check.text("name"),
                    known(Check.Verdict.class, check.text("verdict"), Check.Verdict.UNKNOWN), check.text("found"),
                    check.text("cure")));
        }
        return checks;
    }
}
