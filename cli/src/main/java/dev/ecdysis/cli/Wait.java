package dev.ecdysis.cli;

import dev.ecdysis.status.Progress;
import java.util.function.Consumer;

/// A wait for the server to finish something: shows its progress, and says that the server goes on when
/// somebody ends this process meanwhile.
final class Wait implements AutoCloseable, Consumer<Progress> {
    private final ProgressView view;
    private final Interruption.Handle interruption;

    private Wait(ProgressView view, Interruption.Handle interruption) {
        this.view = view;
        this.interruption = interruption;
    }

    /// @param ifInterrupted how the command ends when this process is ended during the wait
    static Wait begin(Surroundings surroundings, Output output, Report ifInterrupted) {
        ProgressView view = ProgressView.on(output.progress(), surroundings.nanoTime());
        return new Wait(view, surroundings.interruption().during(() -> {
            view.close();
            output.finish(ifInterrupted);
        }));
    }

    @Override
    public void accept(Progress progress) {
        view.accept(progress);
    }

    @Override
    public void close() {
        interruption.close();
        view.close();
    }
}
