package dev.ecdysis.internal.process;

import java.util.List;

/// What starts the next successor, in this order: the command that an operator gives for one upgrade, the application's,
/// the launch description.
///
/// @param started what is started
/// @param handedOn the description that the successor gets: what an operator gave stays for good, while an application
///        is asked anew each time
public record NextLaunch(LaunchDescription started, LaunchDescription handedOn) {
    /// Decides.
    ///
    /// @param description the one in force
    /// @param application the command of the builder; empty when there is none
    /// @param operator the command of one upgrade; empty when there is none
    public static NextLaunch of(LaunchDescription description, List<String> application, List<String> operator) {
        if (!operator.isEmpty()) {
            LaunchDescription given = description.withCommand(operator);
            return new NextLaunch(given, given);
        }
        return new NextLaunch(application.isEmpty() ? description : description.withCommand(application), description);
    }
}
