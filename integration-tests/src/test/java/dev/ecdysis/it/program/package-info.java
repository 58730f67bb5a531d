/// A server that the tests run in JVMs of its own. It can be held at any point of its life.
@NullMarked
package dev.ecdysis.it.program;

import org.jspecify.annotations.NullMarked;
