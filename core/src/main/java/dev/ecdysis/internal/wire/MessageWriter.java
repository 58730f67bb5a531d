package dev.ecdysis.internal.wire;

import java.util.List;

/// Writes the fields of each message; [MessageReader] reads them.
final class MessageWriter {
    private MessageWriter() {
    }

    /// The type and the fields of a message: what a frame is made of.
    record Content(MessageType type, Fields fields) {
    }

    /// @throws IllegalArgumentException when it is one that is never sent
    static Content content(Message message) {
        return switch (message) {
            case Message.Hello hello -> of(MessageType.HELLO, hello(hello));
            case Message.Welcome welcome -> of(MessageType.WELCOME, welcome(welcome));
            case Message.Sockets sockets -> of(MessageType.SOCKETS, sockets(sockets));
            case Message.Older older -> of(MessageType.OLDER, older(older));
            case Message.HandedOver(int sockets, int older) -> of(MessageType.HANDED_OVER,
                    Fields.builder().number("sockets", sockets).number("older", older).build());
            case Message.Ready ready -> of(MessageType.READY, ready(ready));
            case Message.Cutover cutover -> of(MessageType.CUTOVER, Fields.EMPTY);
            case Message.Heartbeat(long firstAcceptNanos, long sentNanos) ->
                of(MessageType.HEARTBEAT, beat(firstAcceptNanos, sentNanos));
            case Message.Checking(long firstAcceptNanos, long sentNanos) ->
                of(MessageType.CHECKING, beat(firstAcceptNanos, sentNanos));
            case Message.Paused _ -> of(MessageType.PAUSED, Fields.EMPTY);
            case Message.Committed committed -> of(MessageType.COMMITTED, committed(committed));
            case Message.Draining draining -> of(MessageType.DRAINING, draining(draining));
            case Message.Drained _ -> of(MessageType.DRAINED, Fields.EMPTY);
            case Message.Fail(String reason) -> of(MessageType.FAIL, text("reason", reason));
            case Message.Abandon(String reason) -> of(MessageType.ABANDON, text("reason", reason));
            case Message.Stop(String reason) -> of(MessageType.STOP, text("reason", reason));
            case Message.Standing standing -> of(MessageType.STANDING, standing(standing));
            case Message.Signalled _ -> of(MessageType.SIGNALLED, Fields.EMPTY);
            case Message.Streams streams -> of(MessageType.STREAMS, streams(streams));
            case Message.RelayEnded _ -> of(MessageType.RELAY_ENDED, Fields.EMPTY);
            case Message.UpgradeRequest(List<String> command) ->
                of(MessageType.UPGRADE_REQUEST, texts(Fields.builder(), "command", command).build());
            case Message.StatusRequest _ -> of(MessageType.STATUS_REQUEST, Fields.EMPTY);
            case Message.StopRequest _ -> of(MessageType.STOP_REQUEST, Fields.EMPTY);
            case Message.DoctorRequest _ -> of(MessageType.DOCTOR_REQUEST, Fields.EMPTY);
            case Message.Progress progress -> of(MessageType.PROGRESS, progress(progress));
            case Message.Result(Fields outcome) -> of(MessageType.RESULT, outcome);
            case Message.Report(Fields report) -> of(MessageType.REPORT, report);
            case Message.Refusal(String why) -> of(MessageType.REFUSAL, text("why", why));
            case Message.Unknown unknown -> throw new IllegalArgumentException(unknown + " is never sent");
        };
    }

    private static Content of(MessageType type, Fields fields) {
        return new Content(type, fields);
    }

    private static Fields text(String name, String value) {
        return Fields.builder().text(name, value).build();
    }

    private static Fields hello(Message.Hello hello) {
        return Fields.builder().number("lowest-version", hello.lowestVersion())
                .number("highest-version", hello.highestVersion()).number("pid", hello.pid()).build();
    }

    private static Fields welcome(Message.Welcome welcome) {
        return Fields.builder().number("version", welcome.version()).number("generation", welcome.generation())
                .number("predecessor-pid", welcome.predecessorPid()).fields("launch", launch(welcome.launch()))
                .fields("settings", settings(welcome.settings())).build();
    }

    private static Fields sockets(Message.Sockets sockets) {
        Fields.Builder fields = Fields.builder().text("name", sockets.name()).text("kind", sockets.kind())
                .text("address", sockets.address()).number("device", sockets.device()).number("inode", sockets.inode())
                .number("control", sockets.control() ? 1 : 0).number("all", sockets.all())
                .number("here", sockets.here());
        if (sockets.kept().isPresent()) {
            Message.Kept kept = sockets.kept().get();
            fields.fields("kept", Fields.builder().text("by", kept.by()).text("name", kept.name()).build());
        }
        return fields.build();
    }

    private static Fields launch(Message.Launch launch) {
        if (launch instanceof Message.LaunchFile file) { // no switch, which a start would have to link
            return Fields.builder().number("file-bytes", file.bytes()).build();
        }
        return launchDescription((Message.LaunchDescription) launch);
    }

    static Fields launchDescription(Message.LaunchDescription launch) {
        Fields.Builder fields = Fields.builder();
        for (byte[] argument : launch.arguments()) {
            fields.bytes("argument", argument);
        }
        for (byte[] variable : launch.environment()) {
            fields.bytes("environment", variable);
        }
        fields.bytes("directory", launch.directory());
        if (launch.program().isPresent()) {
            fields.bytes("program", launch.program().get());
        }
        return fields.build();
    }

    private static Fields older(Message.Older older) {
        return Fields.builder().number("generation", older.generation()).number("pid", older.pid())
                .number("draining-since-nanos", older.drainingSinceNanos())
                .number("kill-at-nanos", older.killAtNanos()).build();
    }

    private static Fields settings(Message.Settings settings) {
        return Fields.builder().number("probation-millis", settings.probationMillis())
                .number("drain-millis", settings.drainMillis())
                .number("heartbeat-millis", settings.heartbeatMillis()).build();
    }

    private static Fields ready(Message.Ready ready) {
        Fields.Builder fields = texts(Fields.builder(), "claimed", ready.claimed());
        if (ready.stepMillis() >= 0) {
            fields.number("step-millis", ready.stepMillis());
        }
        if (ready.checkMillis() >= 0) {
            fields.number("check-millis", ready.checkMillis());
        }
        return fields.build();
    }

    private static Fields beat(long firstAcceptNanos, long sentNanos) {
        return Fields.builder().number("first-accept-nanos", firstAcceptNanos).number("sent-nanos", sentNanos)
                .build();
    }

    private static Fields committed(Message.Committed committed) {
        return Fields.builder().number("upgrade-again", committed.upgradeAgain() ? 1 : 0)
                .number("drain-deadline-nanos", committed.drainDeadlineNanos()).build();
    }

    private static Fields draining(Message.Draining draining) {
        return texts(Fields.builder().number("remaining", draining.remaining()), "waits-for",
                draining.waitsFor()).build();
    }

    private static Fields standing(Message.Standing standing) {
        Fields.Builder fields = Fields.builder();
        for (Message.OlderStanding older : standing.older()) {
            fields.fields("older", texts(Fields.builder().number("generation", older.generation())
                    .number("remaining", older.remaining()), "waits-for", older.waitsFor()).build());
        }
        return fields.build();
    }

    private static Fields streams(Message.Streams streams) {
        Fields.Builder fields = Fields.builder().number("originals", streams.originals() ? 1 : 0);
        for (int stream : streams.pipes()) {
            fields.fields("pipe", Fields.builder().number("stream", stream).build());
        }
        return fields.build();
    }

    private static Fields progress(Message.Progress progress) {
        Fields.Builder fields = Fields.builder().number("phase", progress.phase()).number("generation",
                progress.generation());
        progress.pid().ifPresent(pid -> fields.number("pid", pid));
        return fields.number("elapsed-millis", progress.elapsedMillis())
                .number("connections", progress.connections())
                .text("detail", progress.detail()).build();
    }

    private static Fields.Builder texts(Fields.Builder fields, String name, Iterable<String> values) {
        for (String value : values) {
            fields.text(name, value);
        }
        return fields;
    }
}
