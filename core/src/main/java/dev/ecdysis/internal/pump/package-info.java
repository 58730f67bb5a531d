/// The one way in which anything happens to a handover: a queue of events, one transition at a time, its effects in order.
@NullMarked
package dev.ecdysis.internal.pump;

import org.jspecify.annotations.NullMarked;
