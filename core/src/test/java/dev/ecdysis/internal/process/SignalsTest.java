package dev.ecdysis.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Which signals that never arrive are worth a warning, and what it says.
class SignalsTest {
    @Test
    void whatNohupIgnores() {
        assertThat(Signals.notesOfIgnored(List.of("HUP"), List.of("TERM", "INT"))).singleElement().asString()
                .startsWith("SIGHUP is ignored by this process, as under nohup, and will never arrive")
                .contains("use the control socket");
    }

    @Test
    void anInterruptIsNotMissedWhereATerminationArrives() {
        assertThat(Signals.notesOfIgnored(List.of("INT"), List.of("HUP", "TERM"))).isEmpty();
    }

    @Test
    void anInterruptIsMissedWhereNothingElseStops() {
        for (List<String> working : List.of(List.<String>of(), List.of("HUP"))) {
            assertThat(Signals.notesOfIgnored(List.of("INT"), working)).singleElement().asString()
                    .startsWith("SIGINT is ignored by this process, as after an & in a script").doesNotContain("nohup");
        }
        assertThat(Signals.notesOfIgnored(List.of("INT", "TERM"), List.of())).hasSize(2);
    }

    @Test
    void aTerminationIsAlwaysMissed() {
        assertThat(Signals.notesOfIgnored(List.of("TERM"), List.of("INT"))).singleElement().asString()
                .startsWith("SIGTERM is ignored by this process").doesNotContain("nohup");
    }
}
