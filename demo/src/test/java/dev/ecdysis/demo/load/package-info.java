/// Tests of the load generator against servers that misbehave on purpose.
@NullMarked
package dev.ecdysis.demo.load;

import org.jspecify.annotations.NullMarked;
