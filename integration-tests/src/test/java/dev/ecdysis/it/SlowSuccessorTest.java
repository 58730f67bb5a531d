package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.UpgradeResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A new version may need more time for what only one may hold than the old one would: it says so, and is waited for.
@Tag("slow")
class SlowSuccessorTest {
    /// Far longer than the old version would wait by its own limits.
    private static final Duration SLOW = Duration.ofSeconds(5);

    @RegisterExtension
    final Servers servers = new Servers();

    private Chain start(String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("silence=1000", "handover=500"));
        words.addAll(List.of(more));
        return servers.start(Launch.program(words.toArray(String[]::new)));
    }

    private static Upgrading upgradeToTheSlow(Chain chain, String... more) {
        List<String> words = new ArrayList<>(List.of("exclusive=yes", "silence=1000", "handover=60000"));
        words.addAll(List.of(more));
        return chain.startUpgrade(chain.words(Launch.program(words.toArray(String[]::new))));
    }

    @Test
    void isGivenTheTimeToTakeHold() throws Exception {
        Chain chain = start();
        Upgrading upgrading;
        try (Gate take = chain.hold("take")) {
            upgrading = upgradeToTheSlow(chain);
            take.arrived();
            Thread.sleep(SLOW);
        }
        upgrading.await(UpgradeResult.Committed.class);
        chain.assertEnds();
    }

    /// And serves what it has accepted to the end.
    @Test
    void isGivenTheTimeToLetGo() throws Exception {
        Chain chain = start("drain=3600000");
        Path ill = chain.run().resolveSibling("ill");
        Upgrading upgrading;
        try (Gate health = chain.hold("health")) {
            upgrading = upgradeToTheSlow(chain, "ill-file=@/../ill", "drain=3600000");
            health.arrived();
            try (Client kept = Client.keptBy(1, chain.address()); Gate letGo = chain.hold("let-go")) {
                Files.createFile(ill);
                health.open();
                letGo.arrived();
                Thread.sleep(SLOW);
                letGo.open();
                assertThat(upgrading.await(UpgradeResult.RolledBack.class).exitStatus()).isEmpty();
                kept.ask("/", "");
                assertThat(Client.generation(kept.readToEnd())).isEqualTo(1);
            }
        }
        Files.delete(ill);
        chain.assertEnds();
    }
}
