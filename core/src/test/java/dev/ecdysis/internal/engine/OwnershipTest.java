package dev.ecdysis.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.internal.handover.Cause;
import dev.ecdysis.internal.handover.State;
import dev.ecdysis.internal.handover.State.Peer;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OwnershipTest {
    private static final State ROLLED_BACK = new State.Draining(new Cause.RolledBack("why"), OptionalLong.empty());

    @Test
    void whoServesOrStopsIsAlone() {
        assertThat(Ownership.of(new State.Running(false), 3, false)).isEqualTo(Ownership.ALONE);
        assertThat(Ownership.of(new State.Draining(new Cause.Stopped("me"), OptionalLong.of(1)), 3, false))
                .isEqualTo(Ownership.ALONE);
        assertThat(Ownership.of(ROLLED_BACK, 0, true)).isEqualTo(Ownership.ALONE);
    }

    @Test
    void aSuccessorIsAloneOnlyWithoutAPredecessor() {
        State inheriting = new State.Inheriting(Peer.THERE, false);
        assertThat(Ownership.of(inheriting, 3, false)).isEqualTo(Ownership.NOT_YET);
        assertThat(Ownership.of(inheriting, 3, true)).isEqualTo(Ownership.ALONE);
        assertThat(Ownership.of(new State.OnProbation(Peer.THERE, false), 3, true)).isEqualTo(Ownership.NOT_YET);
        assertThat(Ownership.of(ROLLED_BACK, 3, true)).isEqualTo(Ownership.NOT_YET);
    }

    @Test
    void whoWasReplacedHasHandedOn() {
        assertThat(Ownership.of(new State.Exited(new Cause.Upgraded()), 3, true)).isEqualTo(Ownership.HANDED_ON);
    }
}
