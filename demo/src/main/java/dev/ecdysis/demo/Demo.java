package dev.ecdysis.demo;

import java.io.IOException;
import java.util.Optional;

/// The demo: upgrades under load, and then for contrast the same load over stop and start.
final class Demo {
    private final DemoOptions options;
    private final DemoServer.Factory servers;
    private final Display display;

    Demo(DemoOptions options, DemoServer.Factory servers, Display display) {
        this.options = options;
        this.servers = servers;
        this.display = display;
    }

    /// What became of it.
    ///
    /// @param upgrade by upgrades
    /// @param contrast by stop and start, unless that was not wanted or could not even begin
    /// @param contrastProblem why the contrast is missing or ended early; empty when it was not wanted or is whole
    record Result(RunResult upgrade, Optional<RunResult> contrast, Optional<String> contrastProblem) {
    }

    /// Whatever becomes of the contrast, the account of the upgrades is there.
    Result carryOut() throws IOException, DemoException, InterruptedException {
        display.say("%,d requests a second for %d s, half over new connections, half over %d kept ones; %s"
                .formatted(
                        options.rate(), options.duration().toSeconds(), DemoOptions.KEPT_CONNECTIONS,
                        options.badBuild()
                                ? options.upgrades() - 1
                                        + " upgrades to a build that crashes, 1 to a good one"
                                : options.upgrades() + (options.upgrades() == 1 ? " upgrade" : " upgrades")));
        RunResult upgrade = run(Replacement.UPGRADE);
        // A server that did not even survive upgrades needs no contrast.
        if (!options.contrast() || upgrade.problem().isPresent()) {
            return new Result(upgrade, Optional.empty(), Optional.empty());
        }
        display.say("for contrast, the same load while the server is stopped and started");
        try {
            RunResult contrast = run(Replacement.STOP_THEN_START);
            return new Result(upgrade, Optional.of(contrast), contrast.problem());
        } catch (DemoException | IOException e) {
            return new Result(upgrade, Optional.empty(), Optional.of(DemoException.message(e)));
        }
    }

    private RunResult run(Replacement replacement) throws IOException, DemoException, InterruptedException {
        try (DemoServer server = servers.create()) {
            // Ctrl-C must not leave servers behind. The display goes first: what the load sees then is no
            // news.
            Thread hook = Thread.ofPlatform().unstarted(() -> {
                display.end();
                server.end();
            });
            Runtime.getRuntime().addShutdownHook(hook);
            try {
                return new Run(options, server, replacement, display).carryOut();
            } finally {
                removeHook(hook);
            }
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running.
        }
    }
}
