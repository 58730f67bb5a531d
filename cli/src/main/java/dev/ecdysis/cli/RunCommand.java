package dev.ecdysis.cli;

import dev.ecdysis.client.Supervisor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `ecdysis run`
@Command(name = "run", customSynopsis = "ecdysis run -- PROGRAM [ARGUMENT...]",
        description = {
            "Starts a server and stays for as long as any generation of it serves: as the first process of a "
                    + "container, below tini, or wherever the end of generation 0 would end the rest.%n",
            "Signals go to whoever serves: HUP upgrades it, TERM stops it, if it was built that way. The server "
                    + "says who serves by the variable NOTIFY_SOCKET, which the library does by itself. Whatever is "
                    + "left behind by others is waited for.%n"},
        exitCodeListHeading = ExitCode.HEADING)
final class RunCommand extends BaseCommand {
    private static final int FAILED = 125;

    // Not final: picocli puts in another list.
    @Parameters(paramLabel = "PROGRAM [ARGUMENT...]", arity = "0..*",
            description = "After --: what starts generation 0, such as java -jar app.jar.")
    private List<String> command = new ArrayList<>();

    RunCommand(Surroundings surroundings) {
        super(surroundings);
    }

    static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("N", "of the generation that served last; 128 and the signal when it was killed by one");
        codes.put("2", "usage error");
        codes.put("125", "this command itself failed");
        codes.put("126", "the program cannot be executed");
        codes.put("127", "there is no such program");
        return codes;
    }

    @Override
    public Integer call() {
        List<String> typed = commandLine().getParseResult().originalArgs();
        int end = typed.indexOf("--");
        if (end < 0 || command.isEmpty() || command.getFirst().isEmpty()
                || command.size() != typed.size() - end - 1) {
            throw usage("the program to start comes after --: ecdysis run -- java -jar app.jar");
        }
        try {
            Supervisor.become(command.size());
            return FAILED;
        } catch (IOException | IllegalArgumentException e) {
            surroundings().err().writer().println("ecdysis: " + e.getMessage());
            return FAILED;
        }
    }
}
