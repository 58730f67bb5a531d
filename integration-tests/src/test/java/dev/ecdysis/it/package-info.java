/// Proofs with real JVMs, real sockets and a real kernel. Each class is named after the promise that it
/// proves.
///
/// [Chain] starts a server and finds every process that it ever becomes; [Servers] ends them after each test.
/// [Commands] does the same for programs that are run to their end, such as the command line.
@NullMarked
package dev.ecdysis.it;

import org.jspecify.annotations.NullMarked;
