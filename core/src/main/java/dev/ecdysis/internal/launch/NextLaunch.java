package dev.ecdysis.internal.launch;

import java.util.List;
import java.util.Optional;

/// What starts the next successor, in this order: the command that an operator gives for one upgrade, the application's,
/// the launch script, the launch description.
///
/// @param started what is started
/// @param handedOn the description that the successor gets: what an operator gave stays for good, while an application
///        and a script are asked anew each time
/// @param script the launch script, if that is what is started
public record NextLaunch(LaunchDescription started, LaunchDescription handedOn, Optional<String> script) {
    /// Names the launch script, in the environment of generation 0.
    public static final String SCRIPT = "ECDYSIS_LAUNCH_SCRIPT";

    /// Decides.
    ///
    /// @param description the one in force
    /// @param application the command of the builder; empty when there is none
    /// @param operator the command of one upgrade; empty when there is none
    public static NextLaunch of(LaunchDescription description, List<String> application, List<String> operator) {
        if (!operator.isEmpty()) {
            LaunchDescription given = description.withCommand(operator);
            return new NextLaunch(given, given, Optional.empty());
        }
        if (!application.isEmpty()) {
            return new NextLaunch(description.withCommand(application), description, Optional.empty());
        }
        Optional<String> script = description.variable(SCRIPT);
        return script.isEmpty() || script.get().isEmpty() ? new NextLaunch(description, description, Optional.empty())
                : new NextLaunch(description.withCommand(List.of(withSlash(script.get()))), description, script);
    }

    /// A name alone would be looked for on the PATH.
    private static String withSlash(String script) {
        return script.contains("/") ? script : "./" + script;
    }
}
