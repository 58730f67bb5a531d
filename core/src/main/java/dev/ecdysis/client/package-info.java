/// Talks to a server's control socket: what the command line is made of.
@NullMarked
package dev.ecdysis.client;

import org.jspecify.annotations.NullMarked;
