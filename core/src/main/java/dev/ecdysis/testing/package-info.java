/// For the tests of programs that use this library, and for running them where upgrades are not supported.
@NullMarked
package dev.ecdysis.testing;

import org.jspecify.annotations.NullMarked;
