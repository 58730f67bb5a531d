/// What a server says of itself, to the command line and to programs: its state, how far an upgrade has come, and what the
/// doctor finds. Data only.
@NullMarked
package dev.ecdysis.status;

import org.jspecify.annotations.NullMarked;
