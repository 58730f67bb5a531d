package dev.ecdysis.internal.libc;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ecdysis.internal.posix.Errno;
import dev.ecdysis.internal.posix.PosixException;
import dev.ecdysis.internal.posix.PosixUnavailableException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The C library: its functions by name, all called through one downcall shape, six longs in and one long out.
///
/// Linking a shape costs tens of milliseconds, and a shape per signature was most of what this library cost at
/// start. One is enough because of how the two ABIs pass arguments, the System V ABI for x86-64 and the AAPCS64:
///
/// - Each integer or pointer argument takes one 64-bit register, in order, and there are at least six of them. A
///   callee ignores registers it has no parameter for, and the upper half of one whose parameter is an `int`. Hence
///   pointers are passed as addresses, and an `int` result is narrowed, never compared as a long.
/// - No function used here takes or returns floating point, a structure by value, or a seventh argument.
/// - `fcntl` and `syscall` are variadic. On Linux, AAPCS64 passes variadic arguments like named ones. On x86-64 the
///   caller also puts an upper bound of the vector registers used into AL; this shape leaves there what was there.
///   A callee looks at it only to decide whether to save the vector registers in its own frame, which neither reads
///   later: all values are right, and zero and non-zero differ by a few stores. (macOS on aarch64 passes variadic
///   arguments on the stack, and would need a shape of its own.)
final class Libc {
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private final MethodHandle shape;
    private final SymbolLookup symbols;
    private final Map<String, MemorySegment> functions = new ConcurrentHashMap<>();

    private Libc(MethodHandle shape, SymbolLookup symbols) {
        this.shape = shape;
        this.symbols = symbols;
    }

    /// Finds the C library that this JVM runs on.
    ///
    /// @throws PosixUnavailableException when native access is denied, or the linker knows no such platform
    @SuppressWarnings("restricted") // what --enable-native-access allows
    public static Libc link() {
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle shape = linker.downcallHandle(SHAPE, Linker.Option.captureCallState("errno"));
            return new Libc(shape, linker.defaultLookup());
        } catch (IllegalCallerException e) {
            throw Platform.denied(Libc.class.getModule(), e);
        } catch (UnsupportedOperationException e) {
            throw new PosixUnavailableException("this JVM cannot call native functions: " + e.getMessage(),
                    e);
        }
    }

    /// Prepares one call of a function that every supported C library has.
    ///
    /// @throws PosixException `ENOSYS` when this one does not
    public Call call(String function) throws PosixException {
        return new Call(function, require(function), shape);
    }

    /// Prepares one system call that the C library may have no function for, through `syscall(2)`.
    ///
    /// @param name of the system call, for its failure
    Call syscall(String name) throws PosixException {
        return new Call(name, require("syscall"), shape);
    }

    /// Whether this C library has a function.
    boolean has(String function) {
        return functions.containsKey(function) || symbols.find(function).isPresent();
    }

    /// The address of a function.
    ///
    /// @throws PosixException `ENOSYS` when this C library has no such function
    MemorySegment require(String function) throws PosixException {
        MemorySegment known = functions.get(function);
        if (known != null) {
            return known;
        }
        Optional<MemorySegment> found = symbols.find(function);
        if (found.isEmpty()) {
            throw new PosixException(function, "not in this C library", Errno.ENOSYS);
        }
        functions.put(function, found.get());
        return found.get();
    }
}
