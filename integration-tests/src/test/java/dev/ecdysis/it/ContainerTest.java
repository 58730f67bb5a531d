package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A container whose first process is `ecdysis run`, or tini with that below it.
@Tag("slow")
class ContainerTest {
    @RegisterExtension
    final Servers servers = new Servers();

    private Chain start(boolean tini, Launch server) throws Exception {
        assumeTrue(Processes.succeeds(Supervised.PID_NAMESPACE, "true"),
                "NOT TESTED: no pid namespace can be made here (unshare --pid, as root)");
        List<String> above = new ArrayList<>(Supervised.PID_NAMESPACE);
        if (tini) {
            assumeTrue(Processes.succeeds(List.of("tini", "--version")),
                    "NOT TESTED: there is no tini here (apt-get install tini)");
            above.addAll(Supervised.TINI);
        }
        return servers.start(Supervised.below(above, server));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void upgradesThreeTimesUnderLoadAndStopsAsDockerDoes(boolean tini) throws Exception {
        Chain chain = start(tini, Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "200ms",
                "--drain", "8s", "--idle-grace", "200ms"));
        long init = Supervised.firstOfContainer(chain);
        long supervisor = Supervised.supervisor(chain);
        assertThat(supervisor == init).isNotEqualTo(tini);
        try (Traffic traffic = Traffic.to(chain.address())) {
            traffic.awaitGeneration(0);
            for (int generation = 1; generation <= 3; generation++) {
                Processes.signal(init, Processes.HUP);
                traffic.awaitGeneration(generation);
                chain.output().await(0, "^upgrade generation=" + generation + " result=committed ");
            }
            Await.until("only the last one is left", () -> Processes.childrenOf(supervisor).size() == 1);
            assertThat(Processes.zombiesOf(supervisor)).isEmpty();
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        try (Client slow = Client.connect(chain.address())) {
            slow.ask("/slow?ms=1500", "Connection: close\r\n");
            Await.until("it is being answered", () -> chain.status().listeners().getFirst().connections() > 0);
            Processes.stopAsDockerDoes(init,
                    () -> assertThat(slow.readToEnd()).as("the request in flight").startsWith("HTTP/1.1 200"));
        }
        assertThat(chain.first().waitFor()).as("exit status of the container").isZero();
        chain.assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endsWithTheServer(boolean tini) throws Exception {
        Chain chain = start(tini, Launch.example("http", "--listen", "tcp:127.0.0.1:0", "--probation", "200ms"));
        long supervisor = Supervised.supervisor(chain);
        long old = Processes.childrenOf(supervisor).getFirst();
        chain.startUpgrade().await();
        Await.until("the old one is gone", () -> Processes.childrenOf(supervisor).size() == 1
                && !Processes.childrenOf(supervisor).contains(old));
        Processes.signal(Processes.childrenOf(supervisor).getFirst(), Processes.KILL);
        assertThat(chain.first().waitFor()).isEqualTo(137);
        Await.until("the container is empty", () -> chain.processes().isEmpty());
    }
}
