package dev.ecdysis.internal.handover;

/// One of the two processes of a handover.
public enum Side {
    PREDECESSOR, SUCCESSOR
}
