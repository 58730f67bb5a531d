package dev.ecdysis.internal.inheritance;

/// The versions of the protocol that this library speaks.
public final class Versions {
    public static final int LOWEST = 1;
    public static final int HIGHEST = 1;

    private Versions() {
    }
}
