/// Upgrades a running server: the new version starts beside the old one, takes over its listening sockets, and the
/// old one drains. [dev.ecdysis.Ecdysis] is where to begin.
@NullMarked
package dev.ecdysis;

import org.jspecify.annotations.NullMarked;
