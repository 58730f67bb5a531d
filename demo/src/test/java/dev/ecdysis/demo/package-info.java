/// Tests of the demo against a server in this process.
@NullMarked
package dev.ecdysis.demo;

import org.jspecify.annotations.NullMarked;
