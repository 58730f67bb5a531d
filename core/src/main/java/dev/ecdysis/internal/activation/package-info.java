/// Sockets that a service manager opened, and passed to this process when it started it: found, claimed by name or address,
/// and the rest closed.
@NullMarked
package dev.ecdysis.internal.activation;

import org.jspecify.annotations.NullMarked;
