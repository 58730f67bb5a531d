package dev.ecdysis.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.log.OneLine;
import dev.ecdysis.spi.Exclusive;
import dev.ecdysis.spi.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourcesTest {
    private static final Duration LIMIT = Duration.ofDays(1);

    private final Resources resources = new Resources(LIMIT, 7);
    private final List<String> calls = new ArrayList<>();
    private final List<StepContext> contexts = new ArrayList<>();
    private String failing = "";
    private String refusal = "no";
    private String slow = "";
    private boolean late;

    private void add(String name) {
        resources.add(name, new Exclusive() {
            @Override
            public void letGo(StepContext context) throws Exception {
                contexts.add(context);
                call("letGo " + name);
            }

            @Override
            public void take(StepContext context) throws Exception {
                contexts.add(context);
                call("take " + name);
            }

            @Override
            public void takeBack(StepContext context) throws Exception {
                contexts.add(context);
                call("takeBack " + name);
            }
        });
    }

    private void call(String what) throws Exception {
        calls.add(what);
        if (what.equals(slow)) {
            late = true;
        }
        if (what.equals(failing)) {
            throw new Exception(refusal);
        }
    }

    private boolean isLate() {
        return late;
    }

    private List<String> callsSince(int index) {
        return calls.subList(index, calls.size());
    }

    @Test
    void takenInOrderAndLetGoInReverse() throws Exception {
        add("a");
        add("b");
        resources.takeAll(this::isLate);
        resources.letGoAll(this::isLate);
        resources.letGoAll(this::isLate);
        resources.takeBackAll(this::isLate);
        assertThat(calls).containsExactly("take a", "take b", "letGo b", "letGo a", "takeBack a", "takeBack b");
    }

    @Test
    void eachStepKnowsHowLongItHasAndForWhom() throws Exception {
        add("a");
        resources.takeAll(this::isLate);
        resources.letGoAll(this::isLate);
        resources.takeBackAll(this::isLate);
        assertThat(contexts).hasSize(3).doesNotHaveDuplicates().allSatisfy(context -> {
            assertThat(context.generation()).isEqualTo(7);
            assertThat(context.timeLeft()).isBetween(LIMIT.dividedBy(2), LIMIT);
        });
    }

    @Test
    void whatHasNoTimeLeftHasNone() throws Exception {
        Resources hasty = new Resources(Duration.ZERO, 0);
        List<Duration> left = new ArrayList<>();
        hasty.add("a", new Exclusive() {
            @Override
            public void letGo(StepContext context) {
            }

            @Override
            public void take(StepContext context) {
                left.add(context.timeLeft());
            }

            @Override
            public void takeBack(StepContext context) {
            }
        });
        hasty.takeAll(this::isLate);
        assertThat(left).containsExactly(Duration.ZERO);
    }

    @Test
    void onlyWhatWasTakenIsLetGo() throws Exception {
        add("a");
        add("b");
        failing = "take b";
        assertThatThrownBy(() -> resources.takeAll(this::isLate)).hasMessage("resource b could not take: no");
        resources.letGoAll(this::isLate);
        assertThat(calls).containsExactly("take a", "take b", "letGo a");
    }

    @Test
    void whatCouldNotBeLetGoIsTakenBack() throws Exception {
        add("a");
        add("b");
        resources.takeAll(this::isLate);
        failing = "letGo b";
        assertThatThrownBy(() -> resources.letGoAll(this::isLate)).hasMessage("resource b could not let go: no");
        resources.takeBackAll(this::isLate);
        assertThat(callsSince(2)).containsExactly("letGo b", "takeBack b");
    }

    @Test
    void aStepThatIsTooLateLetsGoOfNothingMore() throws Exception {
        add("a");
        add("b");
        resources.takeAll(this::isLate);
        slow = "letGo b";
        assertThatThrownBy(() -> resources.letGoAll(this::isLate)).isInstanceOf(StepException.class);
        resources.takeBackAll(() -> false);
        assertThat(callsSince(2)).containsExactly("letGo b", "takeBack b");
    }

    @Test
    void whatIsTakenTooLateIsLetGoAtOnce() {
        add("a");
        add("b");
        slow = "take a";
        assertThatThrownBy(() -> resources.takeAll(this::isLate)).isInstanceOf(StepException.class);
        assertThat(calls).containsExactly("take a", "letGo a");
    }

    @Test
    void namesAreCheckedAndUniqueAndInTime() {
        add("a");
        assertThatThrownBy(() -> add("a")).isInstanceOf(IllegalStateException.class);
        for (String bad : new String[] {"", "a b", "ü", "x".repeat(65), Names.CONTROL, "a/b"}) {
            assertThatThrownBy(() -> add(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
        resources.seal();
        assertThatThrownBy(() -> add("b")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theReasonOfAFailureIsOneShortLine() {
        add("a");
        failing = "take a";
        refusal = "first\nsecond " + "x".repeat(2 << 20);
        assertThatThrownBy(() -> resources.takeAll(this::isLate))
                .hasMessage("resource a could not take: " + OneLine.of(refusal));
    }
}
