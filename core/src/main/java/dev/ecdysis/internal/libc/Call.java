package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.PosixException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// One call of a C function, with the memory it works on and the errno it leaves behind. Used by one thread, in a
/// try-with-resources statement; once it is closed the memory is no longer its own.
///
/// errno is captured by the downcall itself, into memory of this call's own: before a second downcall could ask for
/// it the JVM may have made system calls, and memory shared between threads would hold another thread's.
public final class Call implements AutoCloseable {
    /// `captureStateLayout()` has errno as its one member, an `int` at offset 0, on every Linux.
    private static final int CAPTURED_ERRNO = 0;

    private final String function;
    private final MemorySegment address;
    private final MethodHandle shape;
    private final CallMemory memory = CallMemory.borrow();

    Call(String function, MemorySegment address, MethodHandle shape) {
        this.function = function;
        this.address = address;
        this.shape = shape;
    }

    /// Zeroed memory that lives as long as this call, aligned for any C type.
    public Memory allocate(int size) {
        return memory.allocate(size);
    }

    /// A C string: the bytes and a terminating zero.
    Memory string(byte[] bytes) {
        Memory string = allocate(bytes.length + 1);
        string.bytes().put(0, bytes);
        return string;
    }

    /// Calls the function and returns its result as an `int`.
    public int invoke(long... arguments) {
        return (int) invokeLong(arguments);
    }

    /// Calls the function again for as long as a signal interrupts it.
    int invokeUninterrupted(long... arguments) {
        return (int) invokeLongUninterrupted(arguments);
    }

    /// The same for a function that returns `ssize_t`.
    long invokeLongUninterrupted(long... arguments) {
        long result;
        do {
            result = invokeLong(arguments);
        } while ((int) result == -1 && errno().equals(Errno.EINTR));
        return result;
    }

    private long invokeLong(long... arguments) {
        long[] six = Arrays.copyOf(arguments, 6);
        try {
            return (long) shape.invokeExact(address, memory.captured(), six[0], six[1], six[2], six[3], six[4],
                    six[5]);
        } catch (VirtualMachineError e) {
            throw e; // out of memory: whoever calls may know how to go on
        } catch (Throwable e) {
            // A downcall throws nothing of its own; this is an error of the JVM or a wrong descriptor.
            throw new AssertionError(function, e);
        }
    }

    /// errno as the last call left it; it means something only when the call said that it failed.
    Errno errno() {
        return new Errno(memory.captured().asByteBuffer().order(ByteOrder.nativeOrder()).getInt(CAPTURED_ERRNO));
    }

    /// The failure of the last call.
    ///
    /// @param object what it was called on, in words a reader of a log understands
    public PosixException failure(String object) {
        return new PosixException(function, object, errno());
    }

    @Override
    public void close() {
        memory.giveBack();
    }
}
