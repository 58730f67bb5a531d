/// What the service manager is told, by which process, and when.
@NullMarked
package dev.ecdysis.internal.notify;

import org.jspecify.annotations.NullMarked;
