/// What connections are left, who is asked for that, and when there are none.
@NullMarked
package dev.ecdysis.internal.drain;

import org.jspecify.annotations.NullMarked;
