package dev.ecdysis.internal.announce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeObserver;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.handover.Effect;
import dev.ecdysis.internal.handover.Origin;
import dev.ecdysis.internal.handover.Outcome;
import dev.ecdysis.internal.libc.LinuxPosix;
import dev.ecdysis.internal.loop.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who is told what, in which order, while something is waited for.
@Timeout(60)
class AnnouncementsTest {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CountDownLatch read = new CountDownLatch(1);
    private final PendingRequests pending = new PendingRequests();
    private EventLoop loop;
    private Thread thread;
    private Notifier notifier;
    private Announcements announcements;

    @BeforeEach
    void start() throws Exception {
        loop = new EventLoop(LinuxPosix.open());
        notifier = new Notifier(List.of(new UpgradeObserver() {
            @Override
            public void phase(Phase phase, int generation, String detail) {
                heard.add(phase.toString());
            }

            @Override
            public void result(UpgradeResult result) {
                heard.add(((UpgradeResult.Failed) result).lastWords().toString());
            }
        }));
        announcements = new Announcements(loop, notifier, pending);
        thread = Thread.ofPlatform().start(loop::run);
    }

    @AfterEach
    void stop() throws Exception {
        read.countDown();
        loop.stop();
        thread.join();
        notifier.close();
    }

    /// Words that can be read once somebody reads on.
    private final class Stuck implements Announcements.Words {
        @Override
        public void await(Duration atMost) {
            try {
                read.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public List<String> lines() {
            return List.of(read.getCount() == 0 ? "all" : "some");
        }
    }

    private CompletableFuture<UpgradeResult> fail() throws Exception {
        CompletableFuture<UpgradeResult> answer = new CompletableFuture<>();
        onLoop(() -> {
            long requester = pending.caller(answer);
            Outcome outcome = new Outcome.Failed(Phase.SPAWNING, "it ended", OptionalInt.of(1));
            announcements.result(new Effect.Report(Origin.API, requester, outcome), 1,
                    new UpgradeResult.Failed(Phase.SPAWNING, "it ended", OptionalInt.of(1), List.of()), List.of(),
                    Optional.of(new Stuck()));
        });
        return answer;
    }

    private void onLoop(Runnable action) throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(() -> {
            action.run();
            done.complete(true);
        });
        done.get();
    }

    @Test
    void theLoopDoesNotWaitForLastWordsButWhatComesAfterThemDoes() throws Exception {
        CompletableFuture<UpgradeResult> answer = fail();
        CompletableFuture<Boolean> after = new CompletableFuture<>();
        onLoop(() -> {
            announcements.phase(Phase.DRAINING, 0, OptionalLong.empty(), 0, "");
            announcements.afterwards(() -> after.complete(true));
        });
        assertThat(answer).isNotDone();
        assertThat(after).isNotDone();
        assertThat(heard).isEmpty();
        read.countDown();
        assertThat(((UpgradeResult.Failed) answer.get()).lastWords()).containsExactly("all");
        assertThat(after.get()).isTrue();
        assertThat(heard.take()).isEqualTo("[all]");
        assertThat(heard.take()).isEqualTo(Phase.DRAINING.toString());
        onLoop(() -> assertThat(announcements.lastResult()).isPresent());
    }

    @Test
    void whoClosesTellsWhatIsThere() throws Exception {
        CompletableFuture<UpgradeResult> answer = fail();
        onLoop(announcements::close);
        assertThat(((UpgradeResult.Failed) answer.get()).lastWords()).containsExactly("some");
        read.countDown();
        assertThat(heard.take()).isEqualTo("[some]");
    }
}
