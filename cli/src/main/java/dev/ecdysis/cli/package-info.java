/// The command line `ecdysis`: asks a running server to upgrade, to stop or to say how it is, and looks at
/// the machine.
///
/// Uses only `dev.ecdysis` and `dev.ecdysis.client`, so it proves that the exported API is enough. Commands
/// are thin: they ask, and hand the answer to a type that turns it into a [Report]; only [Output] prints.
@NullMarked
package dev.ecdysis.cli;

import org.jspecify.annotations.NullMarked;
