/// The calls of the C library behind `posix`, made through the Foreign Function & Memory API. The only package that
/// imports `java.lang.foreign`.
@NullMarked
package dev.ecdysis.internal.libc;

import org.jspecify.annotations.NullMarked;
