package dev.ecdysis.internal.control;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.wire.Fields;
import dev.ecdysis.internal.wire.WireException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// How the outcome of an upgrade is written into an answer, and read from it.
public final class ResultCodec {
    private static final String COMMITTED = "committed";
    private static final String FAILED = "failed";
    private static final String ROLLED_BACK = "rolled-back";
    private static final String REFUSED = "refused";

    private ResultCodec() {
    }

    public static Fields of(UpgradeResult result) {
        return switch (result) {
            case UpgradeResult.Committed committed -> committed(committed);
            case UpgradeResult.Failed failed -> ended(FAILED, failed.reason(), failed.exitStatus(), failed.lastWords())
                    .text("phase", failed.phase().name()).build();
            case UpgradeResult.RolledBack back ->
                ended(ROLLED_BACK, back.reason(), back.exitStatus(), back.lastWords()).build();
            case UpgradeResult.Refused refused ->
                Fields.builder().text("outcome", REFUSED).text("reason", refused.why()).build();
        };
    }

    private static Fields committed(UpgradeResult.Committed result) {
        Fields.Builder builder = Fields.builder().text("outcome", COMMITTED).number("generation", result.generation())
                .number("pid", result.pid()).number("to-cutover-nanos", result.toCutover().toNanos())
                .number("pause-nanos", result.pause().toNanos());
        result.warnings().forEach(line -> builder.text("warnings", line));
        return builder.build();
    }

    /// Whether the client that gets this answer hears of the drain from now on.
    static boolean isCommitted(Fields fields) {
        try {
            return fields.text("outcome").equals(COMMITTED);
        } catch (WireException e) {
            return false;
        }
    }

    private static Fields.Builder ended(String outcome, String reason, OptionalInt exitStatus, List<String> lastWords) {
        Fields.Builder builder = Fields.builder().text("outcome", outcome).text("reason", reason);
        exitStatus.ifPresent(status -> builder.number("exit-status", status));
        lastWords.forEach(line -> builder.text("last-words", line));
        return builder;
    }

    public static UpgradeResult result(Fields fields) throws WireException {
        String outcome = fields.text("outcome");
        return switch (outcome) {
            case COMMITTED -> new UpgradeResult.Committed((int) fields.number("generation"), fields.number("pid"),
                    Duration.ofNanos(fields.number("to-cutover-nanos")),
                    Duration.ofNanos(fields.number("pause-nanos")), fields.texts("warnings"));
            case FAILED -> new UpgradeResult.Failed(StatusCodec.known(Phase.class, fields.text("phase"), Phase.UNKNOWN),
                    fields.text("reason"),
                    exitStatus(fields), fields.texts("last-words"));
            case ROLLED_BACK -> new UpgradeResult.RolledBack(fields.text("reason"), exitStatus(fields),
                    fields.texts("last-words"));
            case REFUSED -> new UpgradeResult.Refused(fields.text("reason"));
            default -> throw new WireException("an outcome that this version does not know: " + outcome);
        };
    }

    private static OptionalInt exitStatus(Fields fields) throws WireException {
        OptionalLong status = fields.optionalNumber("exit-status");
        return status.isPresent() ? OptionalInt.of((int) status.getAsLong()) : OptionalInt.empty();
    }

    /// The number that a phase has in a frame; numbers are never given to another phase.
    public static int number(Phase phase) {
        return switch (phase) {
            case PREFLIGHT -> 0;
            case SPAWNING -> 1;
            case INITIALISING -> 2;
            case CUTOVER -> 3;
            case PROBATION -> 4;
            case DRAINING -> 5;
            case UNKNOWN -> -1;
        };
    }

    public static Phase phase(int number) {
        return Arrays.stream(Phase.values()).filter(phase -> number(phase) == number).findFirst()
                .orElse(Phase.UNKNOWN);
    }
}
