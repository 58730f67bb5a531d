package dev.ecdysis.internal.handover;

/// Where an upgrade stands, for reports: the public `Phase` in this package's own words.
public enum Stage {
    PREFLIGHT, SPAWNING, INITIALISING, CUTOVER, PROBATION, DRAINING
}
