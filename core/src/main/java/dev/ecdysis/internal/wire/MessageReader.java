package dev.ecdysis.internal.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the fields of each message; [MessageWriter] writes them.
final class MessageReader {
    private MessageReader() {
    }

    /// Makes a message of its fields. Those that it does not know are skipped.
    static Message message(MessageType type, Fields fields) throws WireException {
        return switch (type) {
            case HELLO -> hello(fields);
            case WELCOME -> welcome(fields);
            case SOCKETS -> sockets(fields);
            case OLDER -> new Message.Older(integer(fields, "generation"), fields.number("pid"),
                    fields.number("draining-since-nanos"), fields.number("kill-at-nanos"));
            case HANDED_OVER -> new Message.HandedOver(integer(fields, "sockets"), integer(fields, "older"));
            case READY -> new Message.Ready(fields.texts("claimed"),
                    fields.optionalNumber("step-millis").orElse(-1),
                    fields.optionalNumber("check-millis").orElse(-1));
            case CUTOVER -> new Message.Cutover();
            case HEARTBEAT ->
                new Message.Heartbeat(fields.number("first-accept-nanos"), fields.number("sent-nanos"));
            case CHECKING ->
                new Message.Checking(fields.number("first-accept-nanos"), fields.number("sent-nanos"));
            case PAUSED -> new Message.Paused();
            case COMMITTED -> new Message.Committed(flag(fields, "upgrade-again"),
                    fields.number("drain-deadline-nanos"));
            case DRAINING -> new Message.Draining(fields.number("remaining"), fields.texts("waits-for"));
            case DRAINED -> new Message.Drained();
            case FAIL -> new Message.Fail(fields.text("reason"));
            case ABANDON -> new Message.Abandon(fields.text("reason"));
            case STOP -> new Message.Stop(fields.text("reason"));
            case STANDING -> standing(fields);
            case SIGNALLED -> new Message.Signalled();
            case STREAMS -> streams(fields);
            case RELAY_ENDED -> new Message.RelayEnded();
            case UPGRADE_REQUEST -> new Message.UpgradeRequest(fields.texts("command"));
            case STATUS_REQUEST -> new Message.StatusRequest();
            case STOP_REQUEST -> new Message.StopRequest();
            case DOCTOR_REQUEST -> new Message.DoctorRequest();
            case PROGRESS -> progress(fields);
            case RESULT -> new Message.Result(fields);
            case REPORT -> new Message.Report(fields);
            case REFUSAL -> new Message.Refusal(fields.text("why"));
        };
    }

    private static Message hello(Fields fields) throws WireException {
        return new Message.Hello(integer(fields, "lowest-version"), integer(fields, "highest-version"),
                fields.number("pid"));
    }

    private static Message welcome(Fields fields) throws WireException {
        return new Message.Welcome(integer(fields, "version"), integer(fields, "generation"),
                fields.number("predecessor-pid"), launch(only(fields, "launch")), settings(only(fields, "settings")));
    }

    private static Message sockets(Fields fields) throws WireException {
        return new Message.Sockets(fields.text("name"), fields.text("kind"), fields.text("address"),
                fields.number("device"), fields.number("inode"), flag(fields, "control"), integer(fields, "all"),
                integer(fields, "here"), kept(fields));
    }

    private static Optional<Message.Kept> kept(Fields fields) throws WireException {
        List<Fields> kept = fields.nested("kept");
        return kept.isEmpty() ? Optional.empty()
                : Optional.of(new Message.Kept(kept.getFirst().text("by"), kept.getFirst().text("name")));
    }

    private static Message.Launch launch(Fields fields) throws WireException {
        return fields.optionalNumber("file-bytes").isPresent()
                ? new Message.LaunchFile(integer(fields, "file-bytes")) : launchDescription(fields);
    }

    private static Message.LaunchDescription launchDescription(Fields fields) throws WireException {
        List<byte[]> program = fields.allBytes("program");
        return new Message.LaunchDescription(fields.allBytes("argument"), fields.allBytes("environment"),
                fields.bytes("directory"), program.isEmpty() ? Optional.empty() : Optional.of(program.getFirst()));
    }

    private static Message.Settings settings(Fields fields) throws WireException {
        return new Message.Settings(fields.number("probation-millis"), fields.number("drain-millis"),
                fields.number("heartbeat-millis"));
    }

    private static Message standing(Fields fields) throws WireException {
        List<Message.OlderStanding> older = new ArrayList<>();
        for (Fields one : fields.nested("older")) {
            older.add(new Message.OlderStanding(integer(one, "generation"), one.number("remaining"),
                    one.texts("waits-for")));
        }
        return new Message.Standing(older);
    }

    private static Message streams(Fields fields) throws WireException {
        List<Integer> pipes = new ArrayList<>();
        for (Fields pipe : fields.nested("pipe")) {
            pipes.add(integer(pipe, "stream"));
        }
        return new Message.Streams(flag(fields, "originals"), pipes);
    }

    private static Message progress(Fields fields) throws WireException {
        return new Message.Progress(integer(fields, "phase"), integer(fields, "generation"),
                fields.optionalNumber("pid"), fields.number("elapsed-millis"), fields.number("connections"),
                fields.text("detail"));
    }

    private static int integer(Fields fields, String name) throws WireException {
        long value = fields.number(name);
        if (value != (int) value) {
            throw new WireException("the field '" + name + "' is out of range: " + value);
        }
        return (int) value;
    }

    private static boolean flag(Fields fields, String name) throws WireException {
        long value = fields.number(name);
        if (value != 0 && value != 1) {
            throw new WireException("the field '" + name + "' is 0 or 1, not " + value);
        }
        return value == 1;
    }

    private static Fields only(Fields fields, String name) throws WireException {
        List<Fields> values = fields.nested(name);
        if (values.size() != 1) {
            throw new WireException("the field '" + name + "' comes " + values.size() + " times, not once");
        }
        return values.getFirst();
    }
}
