/// What speaks against an upgrade before anything is started: who would take the new process along, and too little memory.
@NullMarked
package dev.ecdysis.internal.preflight;

import org.jspecify.annotations.NullMarked;
