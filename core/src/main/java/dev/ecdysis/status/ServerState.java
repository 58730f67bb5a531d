package dev.ecdysis.status;

/// What a server does.
public enum ServerState {
    /// Its application initialises, and it has not served yet.
    INITIALISING,
    /// It serves.
    RUNNING,
    /// It should accept connections and does not everywhere; the notes say why.
    IMPAIRED,
    /// It is one of the two processes of an upgrade; [ServerStatus#upgrade()] says how far that has come.
    UPGRADING,
    /// The old process of an upgrade that was abandoned: it serves, or will in a moment, and waits for the new one to end.
    ABANDONING,
    /// One of the two processes of an upgrade that is rolled back: the old one will serve again.
    ROLLING_BACK,
    /// A new process whose upgrade was abandoned before it served: it ends when its application lets it.
    ABANDONED,
    /// It has been replaced or stopped, and lets its connections end.
    STOPPING,
    /// It is about to exit.
    STOPPED,
    /// Something that only a later version of this library has a name for.
    UNKNOWN
}
