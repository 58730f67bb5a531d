package dev.ecdysis.internal.wire;

/// Writes the fields of each message; [MessageReader] reads them.
final class MessageWriter {
    private MessageWriter() {
    }

    static MessageType type(Message message) {
        return switch (message) {
            case Message.Hello _ -> MessageType.HELLO;
            case Message.Welcome _ -> MessageType.WELCOME;
            case Message.Ready _ -> MessageType.READY;
            case Message.Cutover _ -> MessageType.CUTOVER;
            case Message.Heartbeat _ -> MessageType.HEARTBEAT;
            case Message.Paused _ -> MessageType.PAUSED;
            case Message.Committed _ -> MessageType.COMMITTED;
            case Message.Draining _ -> MessageType.DRAINING;
            case Message.Drained _ -> MessageType.DRAINED;
            case Message.Fail _ -> MessageType.FAIL;
            case Message.Abandon _ -> MessageType.ABANDON;
            case Message.Stop _ -> MessageType.STOP;
            case Message.UpgradeRequest _ -> MessageType.UPGRADE_REQUEST;
            case Message.StatusRequest _ -> MessageType.STATUS_REQUEST;
            case Message.StopRequest _ -> MessageType.STOP_REQUEST;
            case Message.DoctorRequest _ -> MessageType.DOCTOR_REQUEST;
            case Message.Progress _ -> MessageType.PROGRESS;
            case Message.Result _ -> MessageType.RESULT;
            case Message.Report _ -> MessageType.REPORT;
            case Message.Refusal _ -> MessageType.REFUSAL;
            case Message.Unknown unknown -> throw new IllegalArgumentException(unknown + " is never sent");
        };
    }

    static Fields fields(Message message) {
        return switch (message) {
            case Message.Hello hello -> hello(hello);
            case Message.Welcome welcome -> welcome(welcome);
            case Message.Ready ready -> texts(Fields.builder(), "claimed", ready.claimed()).build();
            case Message.Cutover cutover -> cutover(cutover);
            case Message.Heartbeat heartbeat -> heartbeat(heartbeat);
            case Message.Committed committed -> committed(committed);
            case Message.Draining draining -> draining(draining);
            case Message.Fail(String reason) -> Fields.builder().text("reason", reason).build();
            case Message.Abandon(String reason) -> Fields.builder().text("reason", reason).build();
            case Message.Stop(String reason) -> Fields.builder().text("reason", reason).build();
            case Message.Progress progress -> progress(progress);
            case Message.Result(Fields outcome) -> outcome;
            case Message.Report(Fields content) -> content;
            case Message.Refusal(String why) -> Fields.builder().text("why", why).build();
            case Message.Paused _ -> Fields.EMPTY;
            case Message.Drained _ -> Fields.EMPTY;
            case Message.UpgradeRequest _ -> Fields.EMPTY;
            case Message.StatusRequest _ -> Fields.EMPTY;
            case Message.StopRequest _ -> Fields.EMPTY;
            case Message.DoctorRequest _ -> Fields.EMPTY;
            case Message.Unknown _ -> Fields.EMPTY;
        };
    }

    private static Fields hello(Message.Hello hello) {
        return Fields.builder().number("lowest-version", hello.lowestVersion())
                .number("highest-version", hello.highestVersion()).number("pid", hello.pid())
                .text("library", hello.library()).build();
    }

    private static Fields welcome(Message.Welcome welcome) {
        Fields.Builder fields = Fields.builder().number("version", welcome.version())
                .number("generation", welcome.generation())
                .number("predecessor-pid", welcome.predecessorPid());
        for (Message.InheritedListener listener : welcome.listeners()) {
            fields.fields("listener", inheritedListener(listener));
        }
        fields.fields("launch", launchDescription(welcome.launch()));
        for (Message.OlderGeneration older : welcome.older()) {
            fields.fields("older", olderGeneration(older));
        }
        return fields.fields("settings", settings(welcome.settings())).build();
    }

    private static Fields inheritedListener(Message.InheritedListener listener) {
        return Fields.builder().text("name", listener.name()).text("address", listener.address())
                .number("device", listener.device()).number("inode", listener.inode())
                .number("sockets", listener.sockets()).number("control", listener.control() ? 1 : 0).build();
    }

    private static Fields launchDescription(Message.LaunchDescription launch) {
        Fields.Builder fields = Fields.builder();
        for (byte[] argument : launch.arguments()) {
            fields.bytes("argument", argument);
        }
        for (byte[] variable : launch.environment()) {
            fields.bytes("environment", variable);
        }
        return fields.bytes("directory", launch.directory()).build();
    }

    private static Fields olderGeneration(Message.OlderGeneration older) {
        return Fields.builder().number("generation", older.generation()).number("pid", older.pid())
                .number("draining-since-nanos", older.drainingSinceNanos())
                .number("kill-at-nanos", older.killAtNanos()).build();
    }

    private static Fields settings(Message.Settings settings) {
        return Fields.builder().number("probation-millis", settings.probationMillis())
                .number("drain-millis", settings.drainMillis())
                .number("silence-millis", settings.silenceMillis())
                .number("heartbeat-millis", settings.heartbeatMillis())
                .number("predecessor-ready-timeout-millis", settings.predecessorReadyTimeoutMillis()).build();
    }

    private static Fields cutover(Message.Cutover cutover) {
        return Fields.builder().number("last-accept-nanos", cutover.lastAcceptNanos()).build();
    }

    private static Fields heartbeat(Message.Heartbeat heartbeat) {
        return Fields.builder().number("sequence", heartbeat.sequence())
                .number("first-accept-nanos", heartbeat.firstAcceptNanos()).build();
    }

    private static Fields committed(Message.Committed committed) {
        return Fields.builder().number("upgrade-again", committed.upgradeAgain() ? 1 : 0)
                .number("drain-deadline-nanos", committed.drainDeadlineNanos()).build();
    }

    private static Fields draining(Message.Draining draining) {
        return texts(Fields.builder().number("remaining", draining.remaining()), "waits-for",
                draining.waitsFor()).build();
    }

    private static Fields progress(Message.Progress progress) {
        return Fields.builder().number("phase", progress.phase()).number("generation", progress.generation())
                .number("elapsed-millis", progress.elapsedMillis())
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
