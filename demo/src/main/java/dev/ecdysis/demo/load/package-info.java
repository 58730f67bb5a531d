/// Open-loop HTTP load from one thread, with every connection-level error on record. [Load] is where to
/// begin.
///
/// Knows nothing of the demo: integration tests and benchmarks use it too. Loopback only, bounded in count
/// and time.
@NullMarked
package dev.ecdysis.demo.load;

import org.jspecify.annotations.NullMarked;
