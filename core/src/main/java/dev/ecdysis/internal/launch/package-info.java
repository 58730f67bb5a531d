/// What starts a successor: the program, its words, its environment and its folder, as the kernel had them.
@NullMarked
package dev.ecdysis.internal.launch;

import org.jspecify.annotations.NullMarked;
