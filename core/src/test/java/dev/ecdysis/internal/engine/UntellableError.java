package dev.ecdysis.internal.engine;

/// What a handler gets while there is no memory: an error for whose text there is none either, at first.
public final class UntellableError extends OutOfMemoryError {
    private static final long serialVersionUID = 1;

    private int left;

    /// @param times how often its text cannot be had
    public UntellableError(int times) {
        super("on purpose");
        left = times;
    }

    @Override
    public String getMessage() {
        if (left-- > 0) {
            throw new OutOfMemoryError("in the handler");
        }
        return super.getMessage();
    }
}
