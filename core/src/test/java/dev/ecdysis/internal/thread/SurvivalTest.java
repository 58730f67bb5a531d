package dev.ecdysis.internal.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SurvivalTest {
    private final List<String> logged = new ArrayList<>();
    private boolean loggerFails;
    private final Survival survival = new Survival(new Log(), "it went wrong");

    /// One that can fail as a real one does without memory.
    private final class Log implements System.Logger {
        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String text,
                @Nullable Throwable thrown) {
            if (loggerFails) {
                throw new OutOfMemoryError("while logging");
            }
            logged.add(text + ": " + thrown);
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format,
                @Nullable Object @Nullable... parameters) {
            throw new AssertionError("not used");
        }
    }

    @Test
    void whatFailsForWantOfMemoryIsSaidWhenThereIsSome() {
        survival.failed(new OutOfMemoryError("first"));
        survival.failed(new OutOfMemoryError("second"));
        assertThat(logged).as("said at once").isEmpty();
        loggerFails = true;
        assertThat(survival.hasMemory()).isTrue();
        loggerFails = false;
        assertThat(survival.hasMemory()).isTrue();
        assertThat(logged).singleElement().asString().contains("it went wrong", "second");
        assertThat(survival.hasMemory()).isTrue();
        assertThat(logged).as("said once").hasSize(1);
    }

    @Test
    void anythingElseIsSaidAtOnceOrAsSoonAsThatWorks() {
        survival.failed(new IllegalStateException("first"));
        assertThat(logged).containsExactly("it went wrong: java.lang.IllegalStateException: first");
        loggerFails = true;
        survival.failed(new IllegalStateException("second"));
        loggerFails = false;
        assertThat(survival.hasMemory()).isTrue();
        assertThat(logged).hasSize(2).last().asString().contains("second");
    }

    /// Else a thread with an interrupt pending would use up a processor.
    @Test
    void aPauseForgetsAnInterrupt() {
        Thread.currentThread().interrupt();
        Survival.pause();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatMustHappenIsTriedUntilThereIsMemoryForIt() {
        int[] tries = new int[1];
        Survival.insist(() -> {
            if (++tries[0] < 3) {
                throw new OutOfMemoryError("on purpose");
            }
        });
        assertThat(tries[0]).isEqualTo(3);
        assertThatThrownBy(() -> Survival.insist(() -> {
            throw new IllegalStateException("nothing to do with it");
        })).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatFailsAlthoughThereIsMemoryIsNotOutlastedForEver() {
        StackOverflowError why = new StackOverflowError();
        Survival.outlast(why, 1);
        assertThatThrownBy(() -> Survival.outlast(why, 5)).isSameAs(why);
        assertThat(Survival.isScarce()).isFalse();
        Survival.requireMemory();
    }
}
