package dev.ecdysis.internal.handover;

/// Who asked for an upgrade. A signal cannot be answered but in the log: one that comes at a bad moment is remembered once.
public enum Origin {
    SIGNAL, COMMAND, API
}
