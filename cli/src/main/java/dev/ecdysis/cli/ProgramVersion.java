package dev.ecdysis.cli;

import picocli.CommandLine.IVersionProvider;

/// What `ecdysis --version` prints: the jar's `Implementation-Version`, and the JVM that runs it, since both
/// matter in a report of a problem.
final class ProgramVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = ProgramVersion.class.getPackage().getImplementationVersion();
        return new String[] {
            "ecdysis " + (version == null ? "(not from a release)" : version) + ", Java "
                    + Runtime.version()};
    }
}
