/// Descriptors as ordinary JDK channels.
///
/// The only package that names `sun.nio.ch`, and only by reflection. Whoever needs a channel for a descriptor
/// asks [dev.ecdysis.internal.nio.Adoption].
@NullMarked
package dev.ecdysis.internal.nio;

import org.jspecify.annotations.NullMarked;
