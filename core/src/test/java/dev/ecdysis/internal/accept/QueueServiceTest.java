package dev.ecdysis.internal.accept;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueueServiceTest {
    private static final long SECOND = 1_000_000_000L;

    private final long start = System.nanoTime();

    @Test
    void isOverAfterAQuietPeriod() {
        QueueService service = new QueueService(Duration.ofSeconds(2), Duration.ofSeconds(60), () -> {
        });
        assertThat(service.isOver(start + SECOND, true)).isFalse();
        assertThat(service.isOver(start + 2 * SECOND, false)).isFalse();
        assertThat(service.isOver(start + 3 * SECOND, true)).isFalse();
        assertThat(service.remaining(start + 3 * SECOND)).isEqualTo(SECOND);
        assertThat(service.isOver(start + 4 * SECOND, true)).isTrue();
    }

    @Test
    void isOverAtTheLimitAlthoughConnectionsCome() {
        QueueService service = new QueueService(Duration.ofSeconds(2), Duration.ofSeconds(3), () -> {
        });
        assertThat(service.isOver(start + 2 * SECOND, false)).isFalse();
        assertThat(service.isOver(start + 4 * SECOND, false)).isTrue();
    }

    @Test
    void withoutAQuietPeriodItIsOverWhenTheQueueIsEmpty() {
        QueueService service = new QueueService(Duration.ZERO, Duration.ofSeconds(60), () -> {
        });
        assertThat(service.isOver(start + SECOND, false)).isFalse();
        assertThat(service.isOver(start + SECOND, true)).isTrue();
    }
}
