package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.handover.State.Peer;
import dev.ecdysis.status.ServerState;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingTest {
    @Test
    void whoIsNotReadyInitialises() {
        assertInitialises(new State.Inheriting(Peer.DEAD, false));
        assertInitialises(new State.Inheriting(Peer.THERE, true));
        assertInitialises(new State.AwaitingCutover(Peer.LOST, false));
        assertInitialises(new State.TakingOver(Peer.DEAD, Optional.empty(), false));
    }

    private static void assertInitialises(State state) {
        assertThat(Standing.of(state)).isEqualTo(ServerState.INITIALISING);
        assertThat(Standing.isReady(state)).isFalse();
        assertThat(Standing.note(state)).hasValueSatisfying(note -> assertThat(note).contains("does not serve yet"));
    }

    @Test
    void whoServesIsReady() {
        State running = new State.Running(false);
        assertThat(Standing.of(running)).isEqualTo(ServerState.RUNNING);
        assertThat(Standing.isReady(running)).isTrue();
        assertThat(Standing.note(running)).isEmpty();
    }

    @Test
    void whoWasStoppedBeforeItWasReadyStops() {
        State stopped = new State.Abandoned("the server is stopping: me", true);
        assertThat(Standing.of(stopped)).isEqualTo(ServerState.STOPPING);
        assertThat(Standing.isReady(stopped)).isFalse();
        assertThat(Standing.note(stopped)).hasValueSatisfying(note -> assertThat(note).endsWith("stopping: me"));
        assertThat(Standing.of(new State.Abandoned("why", false))).isEqualTo(ServerState.ABANDONED);
    }
}
