package dev.ecdysis;

/// Where an upgrade stands, in the order in which the phases follow each other.
public enum Phase {
    /// The predecessor looks for reasons why the upgrade would fail before it starts anything.
    PREFLIGHT,
    /// The successor's process has been asked for and has not greeted yet.
    SPAWNING,
    /// The successor has inherited the listeners and initialises; the predecessor serves.
    INITIALISING,
    /// The successor is ready; the predecessor stops accepting so that the successor can start.
    CUTOVER,
    /// The successor serves, on probation; the predecessor holds the listeners open and accepts nothing.
    PROBATION,
    /// The successor stays; the predecessor lets its established connections end.
    DRAINING,
    /// One that only a later version of this library has a name for: what a server of that version says. No observer is
    /// told of it.
    UNKNOWN
}
