package dev.ecdysis.internal.transport;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.InterceptedPosix;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.Received;
import java.lang.reflect.Method;
import java.util.function.UnaryOperator;

/// The real system calls, but one of them fails, or brings something else than the kernel did.
final class FaultyPosix {
    private final Posix posix = InterceptedPosix.by(this::invoke);
    private String failing = "";
    private int countdown;
    private Errno errno = Errno.EINVAL;
    private UnaryOperator<Received> change = UnaryOperator.identity();

    Posix posix() {
        return posix;
    }

    /// @param nth 1 for the next call of that name
    void fail(String call, int nth, Errno with) {
        failing = call;
        countdown = nth;
        errno = with;
    }

    /// Whether the failure that was asked for is still to come.
    boolean isArmed() {
        return countdown > 0;
    }

    void changeReceived(UnaryOperator<Received> operator) {
        change = operator;
    }

    private Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals(failing) && countdown > 0 && --countdown == 0) {
            throw new PosixException(method.getName(), "on purpose", errno);
        }
        Object result = InterceptedPosix.call(Wire.POSIX, method, arguments);
        return result instanceof Received received ? change.apply(received) : result;
    }
}
