/// Upgrades a running Java server without refusing or dropping a connection.
///
/// This module makes system calls through the Foreign Function & Memory API: start the JVM with
/// `--enable-native-access=dev.ecdysis`, or put `Enable-Native-Access` into the manifest of the executable jar.
module dev.ecdysis {
    // Signals: sun.misc.Signal is the only way that HotSpot supports.
    requires jdk.unsupported;
    // Events for the Flight Recorder, where there is one.
    requires static jdk.jfr;
    // What is said in the log, and when, can be told to it in full.
    requires static java.logging;
    requires static org.jspecify;

    exports dev.ecdysis;
    exports dev.ecdysis.client;
    exports dev.ecdysis.spi;
    exports dev.ecdysis.status;
    exports dev.ecdysis.testing;
}
