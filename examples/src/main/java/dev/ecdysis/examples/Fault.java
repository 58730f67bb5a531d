package dev.ecdysis.examples;

import dev.ecdysis.Ecdysis;
import java.time.Duration;

/// Something that this process is to do wrong, so that tests can see what becomes of the upgrade.
///
/// @param argument what follows the colon; empty when the kind needs none
record Fault(Kind kind, String argument) {
    public static final Fault NONE = new Fault(Kind.NONE, "");

    private static final int DIED = 9;

    enum Kind {
        NONE, EXIT, THROW, HANG, REFUSE, REFUSE_AFTER_CUTOVER, DIE_AFTER_CUTOVER, MUTE
    }

    static Fault parse(String text) throws UsageException {
        int colon = text.indexOf(':');
        String argument = colon < 0 ? "" : text.substring(colon + 1);
        Kind kind = switch (colon < 0 ? text : text.substring(0, colon)) {
            case "exit" -> Kind.EXIT;
            case "throw" -> Kind.THROW;
            case "hang" -> Kind.HANG;
            case "refuse" -> Kind.REFUSE;
            case "refuse-after-cutover" -> Kind.REFUSE_AFTER_CUTOVER;
            case "die-after-cutover" -> Kind.DIE_AFTER_CUTOVER;
            case "mute" -> Kind.MUTE;
            default -> throw new UsageException("unknown fault: '" + text + "'; see --help");
        };
        Fault fault = new Fault(kind, argument);
        fault.check(text);
        return fault;
    }

    private void check(String text) throws UsageException {
        switch (kind) {
            case EXIT -> status();
            case DIE_AFTER_CUTOVER -> Durations.parse(argument);
            case REFUSE, REFUSE_AFTER_CUTOVER -> require(!argument.isBlank(), text);
            case NONE, THROW, HANG, MUTE -> require(argument.isEmpty(), text);
        }
    }

    private static void require(boolean holds, String text) throws UsageException {
        if (!holds) {
            throw new UsageException("not a fault: '" + text + "'; see --help");
        }
    }

    private int status() throws UsageException {
        try {
            int status = Integer.parseInt(argument);
            require(status >= 0 && status <= 255, "exit:" + argument);
            return status;
        } catch (NumberFormatException e) {
            throw new UsageException("not an exit status: '" + argument + "'", e);
        }
    }

    boolean isMute() {
        return kind == Kind.MUTE;
    }

    /// What goes wrong while the process initialises.
    void beforeReady(Ecdysis ecdysis) throws UsageException, InterruptedException {
        switch (kind) {
            case EXIT -> System.exit(status());
            // Nobody catches it: the stack trace is what a broken version leaves behind.
            case THROW -> throw new IllegalStateException("this version is broken (--fault throw)");
            case HANG -> Thread.sleep(Long.MAX_VALUE);
            case REFUSE -> ecdysis.fail(argument);
            case NONE, REFUSE_AFTER_CUTOVER, DIE_AFTER_CUTOVER, MUTE -> {}
        }
    }

    /// What goes wrong when the process has taken over.
    void afterReady(Ecdysis ecdysis) throws UsageException {
        switch (kind) {
            case REFUSE_AFTER_CUTOVER -> ecdysis.fail(argument);
            case DIE_AFTER_CUTOVER -> dieAfter(Durations.parse(argument));
            case NONE, EXIT, THROW, HANG, REFUSE, MUTE -> {}
        }
    }

    private static void dieAfter(Duration delay) {
        Thread.ofPlatform().daemon().name("die-after-cutover").start(() -> {
            try {
                Thread.sleep(delay);
                // Not exit: a crash runs no shutdown hooks either.
                Runtime.getRuntime().halt(DIED);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
