package dev.ecdysis.examples;

import dev.ecdysis.ConnectionHandler;
import dev.ecdysis.spi.DrainContext;
import dev.ecdysis.spi.Drainable;

/// What a server offers on its listeners.
///
/// [dev.ecdysis.Listener] counts the connections and cuts them off at the deadline; as a [Drainable] a
/// service only wants to be told when the drain begins.
interface Service extends Drainable {
    /// Serves the connections of a listener.
    ///
    /// @param tcp whether they are TCP rather than Unix ones
    ConnectionHandler handler(boolean tcp);

    /// The drain begins.
    void announce();

    @Override
    default void drain(DrainContext context) {
        announce();
    }

    @Override
    default long remaining() {
        return 0;
    }

    /// There is never anything to wait for.
    @Override
    default boolean signals() {
        return true;
    }

    @Override
    default void cutOff() {
    }
}
