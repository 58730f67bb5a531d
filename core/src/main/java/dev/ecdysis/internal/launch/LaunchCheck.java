package dev.ecdysis.internal.launch;

import dev.ecdysis.internal.procfs.FileNames;
import java.util.Optional;

/// Whether what would start a successor can be started now. Looks at files.
public final class LaunchCheck {
    private LaunchCheck() {
    }

    /// The first obstacle there is: in how this process was started, in the working directory, in the program.
    public static Optional<Obstacle> obstacle(NextLaunch next) {
        LaunchDescription launch = next.started();
        Optional<Obstacle> flaw = launch.flaw();
        if (flaw.isPresent()) {
            return flaw;
        }
        // A script is not read, so its JVM gets the benefit of the doubt.
        boolean listed = next.script().isEmpty() && JvmFlags.of(launch).sharesPerformanceData();
        Optional<Obstacle> folder = StartFolder.obstacle(launch.directory(), listed);
        return folder.isPresent() ? folder : ProgramPath.obstacle(launch);
    }

    /// What would be started, for a person.
    public static String shown(NextLaunch next) {
        LaunchDescription launch = next.started();
        return ProgramPath.find(launch).map(FileNames::shown).orElse("nothing") + " in the working directory "
                + FileNames.shown(launch.directory());
    }
}
