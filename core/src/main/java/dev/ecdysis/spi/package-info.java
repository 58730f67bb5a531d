/// What servers, adapters and drainable services implement. Knows nothing of the library's internals.
@NullMarked
package dev.ecdysis.spi;

import org.jspecify.annotations.NullMarked;
