package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Some threads of a JVM, held by a debugger while the others go on. For what the kernel cannot hold apart.
final class Threads implements AutoCloseable {
    /// For the JVM: it and each of its successors waits at a port of its own.
    static final String DEBUGGABLE = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";

    private final VirtualMachine machine;

    private Threads(VirtualMachine machine) {
        this.machine = machine;
    }

    /// Holds those whose names begin so.
    ///
    /// @param port where the JVM said that it waits for a debugger
    static Threads hold(int port, List<String> names) throws Exception {
        Threads threads = attach(port);
        names.forEach(name -> threads.hold(name, thread -> thread.name().startsWith(name)));
        return threads;
    }

    private static Threads attach(int port) throws Exception {
        AttachingConnector connector = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(one -> one.transport().name().equals("dt_socket")).findFirst().orElseThrow();
        Map<String, Connector.Argument> arguments = connector.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(Integer.toString(port));
        return new Threads(connector.attach(arguments));
    }

    /// Holds the one of that name.
    static Threads holdOnly(int port, String name) throws Exception {
        Threads threads = attach(port);
        threads.hold(name, thread -> thread.name().equals(name));
        return threads;
    }

    private void hold(String what, Predicate<ThreadReference> which) {
        List<ThreadReference> found = machine.allThreads().stream().filter(which).toList();
        assertThat(found).as("threads named %s", what).isNotEmpty();
        found.forEach(ThreadReference::suspend);
    }

    /// They go on.
    @Override
    public void close() {
        try {
            machine.dispose();
        } catch (VMDisconnectedException e) {
            // It has ended, which somebody else complains of.
        }
    }
}
