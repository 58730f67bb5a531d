package dev.ecdysis.internal.posix;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/// For a test that wants a say in each system call.
public final class InterceptedPosix {
    private InterceptedPosix() {
    }

    /// One whose every call goes to the handler.
    public static Posix by(InvocationHandler handler) {
        return (Posix) Proxy.newProxyInstance(InterceptedPosix.class.getClassLoader(), new Class<?>[] {Posix.class},
                handler);
    }

    /// Makes the call for real, and throws what it throws.
    public static Object call(Posix real, Method method, Object... arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
