package dev.ecdysis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult.Committed;
import dev.ecdysis.UpgradeResult.Failed;
import dev.ecdysis.UpgradeResult.Refused;
import dev.ecdysis.UpgradeResult.RolledBack;
import dev.ecdysis.cli.Shell.Ended;
import dev.ecdysis.client.ControlException;
import dev.ecdysis.client.ControlException.Reason;
import dev.ecdysis.status.ServerState;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Each outcome of an upgrade, in words, in JSON and as an exit code.
class UpgradeCommandTest {
    private static final String[] UPGRADE = {"upgrade", "--control", "/s"};
    private static final String[] UPGRADE_JSON = {"upgrade", "--control", "/s", "--json"};
    private static final String[] AND_DRAIN = {"upgrade", "--control", "/s", "--wait-drain"};
    private static final String[] AND_DRAIN_JSON = {"upgrade", "--control", "/s", "--wait-drain", "--json"};

    private final Shell shell = new Shell();

    @Test
    void committedSaysWhoServes() {
        Ended ended = shell.run(UPGRADE);

        assertThat(ended).isEqualTo(new Ended(0, """
                Upgraded: generation 4 serves, process 4711.
                  trigger to cutover  812 ms
                  accept pause        0.09 ms
                """, ""));
        assertThat(shell.server.asked).containsExactly("connect /s within PT5S", "upgrade", "close");
    }

    @Test
    void whatFollowsTheEndOfTheOptionsIsTheNewCommand() {
        Ended ended = shell.run("upgrade", "--control", "/s", "--", "java", "--json", "", "-h", "--", "@x",
                "two words");

        assertThat(ended.status()).isZero();
        assertThat(ended.out()).startsWith("Upgraded: generation 4");
        assertThat(shell.server.asked).contains("upgrade java|--json||-h|--|@x|two words");
    }

    @Test
    void aCommandThatTheServerCannotTakeIsRefused() {
        shell.server.failing("upgrade", new ControlException(Reason.REFUSED, "an older version"));

        assertThat(shell.run("upgrade", "--control", "/s", "--", "java"))
                .isEqualTo(new Ended(3, "", "ecdysis: an older version\n"));
    }

    @Test
    void aCommandThatMakesNoSenseIsAUsageError() {
        assertThat(shell.run("upgrade", "--control", "/s", "--", "", "x").status()).isEqualTo(2);
        assertThat(shell.server.asked).isEmpty();

        shell.server.failing("upgrade", new IllegalArgumentException("the command has 1000 words"));
        Ended tooLong = shell.run("upgrade", "--control", "/s", "--", "java");
        assertThat(tooLong.status()).isEqualTo(2);
        assertThat(tooLong.err()).contains("ecdysis: the command has 1000 words", "Try 'ecdysis upgrade --help'");
    }

    @Test
    void committedInJson() {
        Ended ended = shell.run(UPGRADE_JSON);

        assertThat(ended.status()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).isEqualToIgnoringNewLines("""
                {"outcome":"committed","generation":4,"pid":4711,"toCutoverMillis":812,"pauseMillis":0.093,\
                "drained":null,"error":null,"warnings":[]}""");
    }

    @Test
    void whatMayEndTheServiceAllTheSameIsSaid() {
        shell.server.result = new Committed(4, 4711, Duration.ofMillis(812), Duration.ofNanos(93_210),
                List.of("python3 (process 1) has started this process"));

        Ended ended = shell.run(UPGRADE);
        assertThat(ended.status()).isZero();
        assertThat(ended.out()).contains("Warning: python3 (process 1) has started this process");
        assertThat(shell.run(UPGRADE_JSON).out())
                .contains("\"warnings\":[\"python3 (process 1) has started this process\"]}");
    }

    @Test
    void failedSaysWhyWithTheLastWords() {
        shell.server.result = Samples.FAILED;

        Ended ended = shell.run(UPGRADE);

        assertThat(ended).isEqualTo(new Ended(1, "", """
                ecdysis: the upgrade failed during initialising: the successor exited before it was ready
                  The old process serves, and never stopped serving.
                  The new process ended with exit status 1.
                  Its last words:
                      Exception in thread "main"
                          at Broken.main
                """));
    }

    /// A stop ends the upgrade and both of its processes, and comes with the same outcomes.
    @ParameterizedTest
    @ValueSource(strings = {"STOPPING", "STOPPED", "PROBATION", "ROLLING_BACK", "ABANDONED", "UNKNOWN", ""})
    void nobodyIsSaidToServeWhoDoesNot(String state) {
        in(state);
        shell.server.result = new Failed(Phase.PROBATION, "the server is stopping: SIGTERM", OptionalInt.empty(),
                List.of());
        assertThat(shell.run(UPGRADE)).isEqualTo(new Ended(1, "", """
                ecdysis: the upgrade failed during probation: the server is stopping: SIGTERM
                  See who serves with 'ecdysis status'.
                """));

        shell.server.result = Samples.ROLLED_BACK;
        assertThat(shell.run(UPGRADE).err()).contains("  See who serves with 'ecdysis status'.\n")
                .doesNotContain("serves again");
    }

    /// Its own acceptor does not, and the reason says which.
    @Test
    void oneThatShouldServeAndDoesNotIsNotSaidTo() {
        shell.server.status = Samples.in(ServerState.IMPAIRED);
        shell.server.result = new Failed(Phase.CUTOVER, "listener http may accept nothing: pause() hangs",
                OptionalInt.empty(), List.of());
        String nobody = "  The old process is the one that should serve, and does not accept on all listeners:"
                + " 'ecdysis status' says why.\n";
        assertThat(shell.run(UPGRADE).err()).contains(nobody).doesNotContain("never stopped");

        shell.server.result = Samples.ROLLED_BACK;
        assertThat(shell.run(UPGRADE).err()).contains(nobody).doesNotContain("serves again");

        shell.server.result = Samples.REFUSED;
        assertThat(shell.run(UPGRADE).err()).contains("Nothing was tried.").doesNotContain("as before");
    }

    @Test
    void oneThatHadPausedIsNotSaidToHaveServedThroughout() {
        shell.server.result = new Failed(Phase.CUTOVER, "resource lock did not let go in time", OptionalInt.of(1),
                List.of());
        assertThat(shell.run(UPGRADE).err()).contains("  The old process serves. ").doesNotContain("never stopped");
    }

    @ParameterizedTest
    @ValueSource(strings = {"STOPPING", "STOPPED", "ABANDONED", "UNKNOWN", ""})
    void aServerThatRefusesBecauseItStopsIsNotSaidToServe(String state) {
        in(state);
        shell.server.result = new Refused("the server is stopping");

        assertThat(shell.run(UPGRADE)).isEqualTo(new Ended(3, "", """
                ecdysis: refused: the server is stopping
                  Nothing was tried. See who serves with 'ecdysis status'.
                """));
    }

    @ParameterizedTest
    @EnumSource(names = {"PREFLIGHT", "SPAWNING", "INITIALISING", "CUTOVER"})
    void theOldProcessServesUntilProbation(Phase phase) {
        shell.server.status = Samples.in(phase);
        shell.server.result = Samples.FAILED;
        assertThat(shell.run(UPGRADE).err()).contains("  The old process serves, and never stopped serving.\n");

        shell.server.status = Samples.in(ServerState.ABANDONING);
        assertThat(shell.run(UPGRADE).err()).contains("  The old process serves, and never stopped serving.\n");
    }

    @Test
    void anUpgradeIsRefusedWhileAnotherIsTriedAndTheServerServes() {
        shell.server.status = Samples.in(Phase.PROBATION);
        shell.server.result = Samples.REFUSED;

        assertThat(shell.run(UPGRADE).err()).endsWith("  Nothing was tried; the server serves as before.\n");
    }

    /// The same word as for a server whose new version initialises, which serves.
    @Test
    void aServerThatInitialisesIsNotSaidToServe() {
        shell.server.status = Samples.notReady(ServerState.INITIALISING);
        shell.server.result = new Refused("this process is still initialising; ask again when it is ready");

        assertThat(shell.run(UPGRADE)).isEqualTo(new Ended(3, "",
                """
                        ecdysis: refused: this process is still initialising; ask again when it is ready
                          Nothing was tried; the process that was asked goes on, and does not serve yet.
                        """));
        shell.server.status = Samples.notReady(ServerState.STOPPING);
        assertThat(shell.run(UPGRADE).err()).endsWith("  Nothing was tried. See who serves with 'ecdysis status'.\n");
    }

    private void in(String state) {
        if (state.isEmpty()) {
            shell.server.failing("status", new ControlException(Reason.UNREACHABLE, "it is gone"));
        } else {
            shell.server.status = state.equals("PROBATION") ? Samples.in(Phase.PROBATION)
                    : Samples.in(ServerState.valueOf(state));
        }
    }

    @Test
    void failedInJson() {
        shell.server.result = Samples.FAILED;

        JsonNode json = shell.run(UPGRADE_JSON).json();

        assertThat(json.propertyNames()).containsExactly("outcome", "error", "phase", "exitStatus",
                "lastWords");
        assertThat(json.get("outcome").stringValue()).isEqualTo("failed");
        assertThat(json.get("phase").stringValue()).isEqualTo("initialising");
        assertThat(json.get("exitStatus").intValue()).isEqualTo(1);
        assertThat(json.get("lastWords").get(1).stringValue()).isEqualTo("\tat Broken.main");
    }

    @Test
    void failedBeforeAProcessWasStartedSaysNothingOfOne() {
        shell.server.result = new Failed(Phase.SPAWNING, "no such program: java", OptionalInt.empty(),
                List.of());

        assertThat(shell.run(UPGRADE).err()).doesNotContain("exit status", "last words");
        assertThat(shell.run(UPGRADE_JSON).json().get("exitStatus").isNull()).isTrue();
    }

    @Test
    void rolledBackWarnsOfTheNextColdStart() {
        shell.server.result = Samples.ROLLED_BACK;

        Ended ended = shell.run(UPGRADE);

        assertThat(ended).isEqualTo(new Ended(4, "",
                """
                        ecdysis: the upgrade was rolled back: no heartbeat for 2 s
                          The old process serves again.
                          The new process ended with exit status 137 (SIGKILL).
                          Its last words:
                              out of luck
                        Warning: the disk still holds the release that failed, and the next cold start would run it: put the \
                        previous release back first.
                        """));
    }

    @Test
    void rolledBackInJson() {
        shell.server.result = Samples.ROLLED_BACK;

        Ended ended = shell.run(UPGRADE_JSON);

        assertThat(ended.status()).isEqualTo(4);
        assertThat(ended.json().propertyNames()).containsExactly("outcome", "error", "warning", "exitStatus",
                "lastWords");
        assertThat(ended.json().get("outcome").stringValue()).isEqualTo("rolledBack");
        assertThat(ended.json().get("warning").stringValue()).contains("cold start");
        assertThat(ended.err()).contains("rolled back", "Warning: ");
    }

    @Test
    void refusedSaysThatNothingWasTried() {
        shell.server.result = Samples.REFUSED;

        assertThat(shell.run(UPGRADE)).isEqualTo(new Ended(3, "", """
                ecdysis: refused: another upgrade is under way: wait for it
                  Nothing was tried; the server serves as before.
                """));
        Ended json = shell.run(UPGRADE_JSON);
        assertThat(json.status()).isEqualTo(3);
        assertThat(json.json().get("outcome").stringValue()).isEqualTo("refused");
        assertThat(json.json().get("error").stringValue()).contains("another upgrade");
    }

    @Test
    void onlyTheEndOfManyLastWordsIsShownButJsonHasThemAll() {
        shell.server.result = new RolledBack("r", OptionalInt.empty(), Collections.nCopies(100, "x"));

        assertThat(shell.run(UPGRADE).err()).contains("(50 earlier left out)");
        assertThat(shell.run(UPGRADE_JSON).json().get("lastWords").size()).isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource(value = Reason.class, names = "REFUSED", mode = EnumSource.Mode.EXCLUDE)
    void aServerLostDuringTheUpgradeLeavesTheOutcomeUnknown(Reason reason) {
        shell.server.failing("upgrade", new ControlException(reason, "end of stream"));

        Ended ended = shell.run(UPGRADE_JSON);

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.json().get("outcome").stringValue()).isEqualTo("unknown");
        assertThat(ended.err())
                .isEqualTo("ecdysis: lost the server during the upgrade (end of stream): see how it"
                        + " ended with 'ecdysis status'\n");
    }

    @Test
    void waitDrainTellsTheOutcomeAtOnceAndThenWaits() {
        shell.server.steps.add(Samples.step(Phase.PREFLIGHT, 0));
        shell.server.drainSteps.add(Samples.drain(2, 100));
        shell.server.drainSteps.add(Samples.drain(1, 200));

        Ended ended = shell.run(AND_DRAIN);

        assertThat(ended).isEqualTo(new Ended(0, """
                    0.0 s  preflight: checking whether an upgrade can work
                Upgraded: generation 4 serves, process 4711.
                  trigger to cutover  812 ms
                  accept pause        0.09 ms
                    0.1 s  draining: generation 3, 2 connections left
                Drained: the old process is gone.
                """, ""));
        assertThat(shell.server.asked).endsWith("upgrade", "awaitDrained", "close");
    }

    @Test
    void waitDrainInJson() {
        Ended ended = shell.run(AND_DRAIN_JSON);

        assertThat(ended.status()).isZero();
        assertThat(ended.json().get("drained").booleanValue()).isTrue();
    }

    @Test
    void waitDrainDoesNotWaitWhenThereIsNothingToDrain() {
        shell.server.result = Samples.ROLLED_BACK;

        assertThat(shell.run(AND_DRAIN).status()).isEqualTo(4);
        assertThat(shell.server.asked).doesNotContain("awaitDrained");
    }

    @Test
    void aDrainNobodySawTheEndOfIsAFailureOfACommittedUpgrade() {
        shell.server.failing("awaitDrained", new ControlException(Reason.PROTOCOL, "end of stream"));

        Ended words = shell.run(AND_DRAIN);
        Ended json = shell.run(AND_DRAIN_JSON);

        assertThat(words.status()).isEqualTo(1);
        assertThat(words.out()).startsWith("Upgraded: generation 4");
        assertThat(words.err()).contains("the upgrade is committed, but the old process was not seen to end");
        assertThat(json.status()).isEqualTo(1);
        assertThat(json.json().get("outcome").stringValue()).isEqualTo("committed");
        assertThat(json.json().get("drained").booleanValue()).isFalse();
        assertThat(json.json().get("error").stringValue()).contains("end of stream");
    }
}
