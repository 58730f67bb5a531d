package dev.ecdysis.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Starts servers and ends every process that they ever became, however the test ended. When it failed, it
/// says what they said.
final class Servers implements AfterEachCallback {
    private static final int LAST_LINES = 60;

    private final List<Chain> chains = new ArrayList<>();

    Chain start(Launch launch) throws Exception {
        return start(launch, Path.of("/"));
    }

    /// @param directory the working directory, as it is written: symbolic links stay
    Chain start(Launch launch, Path directory) throws Exception {
        Chain chain = create();
        chain.start(launch, directory);
        return chain;
    }

    /// One that is not started yet, for a test that puts files into its folder first.
    Chain create() throws IOException {
        Chain chain = Chain.create();
        chains.add(chain);
        return chain;
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        for (Chain chain : chains) {
            List<Long> left = chain.end();
            if (context.getExecutionException().isPresent()) {
                System.out.println(
                        "--- " + context.getDisplayName() + ": processes " + left + " were left; stdout:\n"
                                + chain.output().tail(LAST_LINES) + "\n--- stderr:\n"
                                + chain.errors().tail(LAST_LINES));
            }
            chain.close();
        }
        chains.clear();
    }
}
