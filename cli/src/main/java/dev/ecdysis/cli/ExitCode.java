package dev.ecdysis.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// What the process ends with. Scripts depend on the numbers: they never change.
enum ExitCode {
    /// What was asked for is done.
    DONE(0, "committed, or done"),
    /// It was tried and did not work, or nobody can say whether it did.
    FAILED(1, "failed, the outcome is unknown, or a check of doctor failed"),
    /// The command line makes no sense.
    USAGE(2, "usage error"),
    /// The server would not, or may be somebody else's.
    REFUSED(3, "refused: nothing was tried"),
    /// The new process served for a while; the old one serves again.
    ROLLED_BACK(4, "rolled back: the old process serves again"),
    /// There is no server there.
    UNREACHABLE(5, "nobody reachable at the control socket");

    static final String HEADING = "%nExit codes:%n";

    private final int status;
    private final String meaning;

    ExitCode(int status, String meaning) {
        this.status = status;
        this.meaning = meaning;
    }

    int status() {
        return status;
    }

    /// Every code with its meaning, for a command's help.
    static Map<String, String> meanings() {
        Map<String, String> meanings = new LinkedHashMap<>();
        for (ExitCode code : values()) {
            meanings.put(Integer.toString(code.status), code.meaning);
        }
        return meanings;
    }
}
