/// What the kernel tells of processes, mounts and sockets in `/proc` (proc(5)), and names of files as bytes.
@NullMarked
package dev.ecdysis.internal.procfs;

import org.jspecify.annotations.NullMarked;
