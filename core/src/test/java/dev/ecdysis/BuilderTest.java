package dev.ecdysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuilderTest {
    /// The JVM asks for a child's value whenever this thread makes another.
    private static final class Children extends InheritableThreadLocal<String> {
        private final List<String> made = new ArrayList<>();

        @Override
        protected String childValue(String parents) {
            made.add(Thread.currentThread().getName());
            return parents;
        }
    }

    @Test
    void startsNoThreadBeforeItStarts() throws EcdysisException {
        Children children = new Children();
        children.set("of the test");
        try {
            Ecdysis.Builder builder = Ecdysis.builder().upgradeOn(Signal.HUP).observer(new UpgradeObserver() {});
            assertThat(children.made).isEmpty();
            builder.start().close();
            assertThat(children.made).as("threads made by start()").isNotEmpty();
        } finally {
            children.remove();
        }
    }
}
