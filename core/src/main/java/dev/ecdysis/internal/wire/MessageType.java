package dev.ecdysis.internal.wire;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The number of each message on the wire. One that was given is never given to another message: 1 to 31
/// belong to a handover, 32 to 47 are requests to the control socket, 48 to 63 their answers.
enum MessageType {
    HELLO(1), WELCOME(2), READY(3), CUTOVER(4), HEARTBEAT(5), PAUSED(6), COMMITTED(7), DRAINING(8),
    DRAINED(9), FAIL(10), ABANDON(11), STOP(12), STANDING(13), SIGNALLED(14),
    STREAMS(15), RELAY_ENDED(16), CHECKING(17), SOCKETS(18), OLDER(19), HANDED_OVER(20),
    UPGRADE_REQUEST(32), STATUS_REQUEST(33), STOP_REQUEST(34), DOCTOR_REQUEST(35),
    PROGRESS(48), RESULT(49), REPORT(50), REFUSAL(51);

    private static final Map<Integer, MessageType> BY_NUMBER = HashMap.newHashMap(values().length);

    static {
        for (MessageType type : values()) {
            BY_NUMBER.put(type.number, type);
        }
    }

    private final int number;

    MessageType(int number) {
        this.number = number;
    }

    static Optional<MessageType> of(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    int number() {
        return number;
    }
}
