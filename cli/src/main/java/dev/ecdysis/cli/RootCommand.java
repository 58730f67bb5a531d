package dev.ecdysis.cli;

import picocli.CommandLine.Command;

/// `ecdysis` itself, which does nothing without a subcommand.
@Command(name = "ecdysis", mixinStandardHelpOptions = true, versionProvider = ProgramVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Upgrades a running server without refusing or dropping a connection.%n",
        exitCodeListHeading = ExitCode.HEADING)
final class RootCommand {
}
