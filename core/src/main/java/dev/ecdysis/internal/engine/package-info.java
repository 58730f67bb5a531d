/// One thread owns the state of an upgrade: it turns what happens into events for the handover, and carries out the
/// effects that come back.
@NullMarked
package dev.ecdysis.internal.engine;

import org.jspecify.annotations.NullMarked;
