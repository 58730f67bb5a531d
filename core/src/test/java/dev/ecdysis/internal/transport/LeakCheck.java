package dev.ecdysis.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// After each test as many descriptors are open as before it.
final class LeakCheck implements BeforeEachCallback, AfterEachCallback {
    private int before;

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        // What the first use opens for good is open before we count.
        new Wire().close();
        OpenFiles.count();
        before = OpenFiles.count();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(OpenFiles.count()).as("open descriptors").isEqualTo(before);
    }
}
