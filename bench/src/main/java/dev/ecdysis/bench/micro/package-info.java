/// Micro-benchmarks of the parts, run by JMH. They are about the library's own code: how often it runs is
/// said with each.
@NullMarked
package dev.ecdysis.bench.micro;

import org.jspecify.annotations.NullMarked;
