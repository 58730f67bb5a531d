/// Two servers that upgrade without losing a connection, `http` and `echo`, and the ten lines of the README.
///
/// They use the public API of core alone and no other library. Options are parsed by hand: picocli, which the
/// command line uses, took 275 ms more processor time in each start with its annotations and 125 ms without,
/// and the time until a successor is ready is what an upgrade is about. For the same reason nothing on the
/// way to `ready()` uses regular expressions, streams or lambdas.
@NullMarked
package dev.ecdysis.examples;

import org.jspecify.annotations.NullMarked;
