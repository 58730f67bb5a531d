package dev.ecdysis.cli;

import dev.ecdysis.cli.DoctorReport.Finding;
import dev.ecdysis.cli.DoctorReport.Where;
import dev.ecdysis.client.Check;
import dev.ecdysis.client.ControlException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/// `ecdysis doctor`
@Command(name = "doctor",
        description = "Checks whether upgrades will work on this machine and, where a control socket is "
                + "named, for that server.%n")
final class DoctorCommand extends Subcommand {
    DoctorCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    Report run(Output output) {
        Path path = controlPath();
        List<Finding> findings = new ArrayList<>();
        surroundings().machineChecks().get()
                .forEach(check -> findings.add(new Finding(check, Where.MACHINE)));
        if (path != null) {
            serverChecks(path).forEach(check -> findings.add(new Finding(check, Where.SERVER)));
        }
        return DoctorReport.of(findings);
    }

    /// A server that cannot be asked is a finding like any other: what was found about the machine should not
    /// be lost.
    private List<Check> serverChecks(Path path) {
        try (ControlConnection connection = connect(path)) {
            return connection.doctor();
        } catch (ControlException e) {
            return List.of(Check.fail("control socket", String.valueOf(e.getMessage()),
                    "mend that, or leave --control and " + CONTROL_VARIABLE
                            + " out to check only this machine"));
        }
    }
}
