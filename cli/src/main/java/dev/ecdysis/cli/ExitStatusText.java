package dev.ecdysis.cli;

/// An exit status as a shell tells it, with the name of the signal that it may stand for: 137, say, is
/// SIGKILL, which usually is the kernel short of memory.
final class ExitStatusText {
    private static final int SIGNALLED = 128;

    private ExitStatusText() {
    }

    static String of(int status) {
        String signal = switch (status - SIGNALLED) {
            case 1 -> "SIGHUP";
            case 2 -> "SIGINT";
            case 3 -> "SIGQUIT";
            case 4 -> "SIGILL";
            case 6 -> "SIGABRT";
            case 7 -> "SIGBUS";
            case 8 -> "SIGFPE";
            case 9 -> "SIGKILL";
            case 11 -> "SIGSEGV";
            case 13 -> "SIGPIPE";
            case 15 -> "SIGTERM";
            case 31 -> "SIGSYS";
            default -> "";
        };
        return signal.isEmpty() ? Integer.toString(status) : status + " (" + signal + ")";
    }
}
