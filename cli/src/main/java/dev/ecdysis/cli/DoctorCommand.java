package dev.ecdysis.cli;

import dev.ecdysis.cli.DoctorReport.Finding;
import dev.ecdysis.cli.DoctorReport.Where;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.status.Check;
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
        if (path == null) {
            return DoctorReport.of(findings);
        }
        try (ControlClient connection = connect(path)) {
            connection.doctor().forEach(check -> findings.add(new Finding(check, Where.SERVER)));
            return DoctorReport.of(findings);
        } catch (ControlException e) {
            findings.add(new Finding(notAsked(e), Where.SERVER));
            return DoctorReport.of(findings, Failures.exitCode(e));
        }
    }

    /// A server that cannot be asked is a finding like any other: what was found about the machine should not
    /// be lost.
    private static Check notAsked(ControlException failure) {
        return Check.fail("control socket", String.valueOf(failure.getMessage()),
                "mend that, or leave --control and " + CONTROL_VARIABLE + " out to check only this machine");
    }
}
