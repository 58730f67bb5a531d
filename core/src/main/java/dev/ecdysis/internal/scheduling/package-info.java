/// Which threads come first: the loop's at a cutover, and the compilers' last while a successor boots.
@NullMarked
package dev.ecdysis.internal.scheduling;

import org.jspecify.annotations.NullMarked;
