package dev.ecdysis.internal.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ecdysis.internal.libc.LinuxPosix;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// What the tests against the real kernel have in common: descriptors that are closed after each test, and a check
/// that nothing else stayed open.
public abstract class KernelTest {
    public static final Posix POSIX = LinuxPosix.open();

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private SortedMap<Integer, String> before = new TreeMap<>();

    @BeforeEach
    protected final void countDescriptors() {
        before = Descriptors.open();
    }

    @AfterEach
    protected final void nothingLeaks() throws Exception {
        while (!resources.isEmpty()) {
            resources.pop().close();
        }
        // What another test left to be closed elsewhere may be gone by now.
        assertThat(before.entrySet()).containsAll(Descriptors.open().entrySet());
    }

    protected final <T extends AutoCloseable> T closeLater(T resource) {
        resources.push(resource);
        return resource;
    }

    /// A descriptor that is open and no socket.
    protected final Fd notASocket() throws PosixException {
        return closeLater(POSIX.pipe2()).first();
    }

    /// A number that no descriptor has. Not to be closed.
    protected static Fd notOpen() {
        return Fd.own(POSIX, 999_999);
    }

    protected static Errno errnoOf(ThrowingCallable call) {
        return failureOf(call).errno();
    }

    protected static PosixException failureOf(ThrowingCallable call) {
        PosixException failure = catchThrowableOfType(PosixException.class, call);
        assertThat(failure).as("it did not fail").isNotNull();
        return failure;
    }
}
