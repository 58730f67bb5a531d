/// What one generation hands over to the next, as messages with descriptors: one class writes them, and one reads them.
@NullMarked
package dev.ecdysis.internal.inheritance;

import org.jspecify.annotations.NullMarked;
