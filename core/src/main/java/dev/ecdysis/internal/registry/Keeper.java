package dev.ecdysis.internal.registry;

/// The part of a service manager that holds sockets too. They are open when no process of ours is, and connections wait in
/// them then: so nobody here may shut them down, filter what comes in, or remove their path.
public final class Keeper {
    /// What begins the name of all that servers with this library have stored.
    private static final String STORED = "ecdysis.";

    private final Part part;
    private final String name;

    /// In the words of the wire.
    private enum Part {
        /// It opened them itself: in systemd a `.socket` unit.
        UNIT("unit"),
        /// It was given them to keep: its store of descriptors.
        STORE("store");

        private final String word;

        Part(String word) {
            this.word = word;
        }
    }

    private Keeper(Part part, String name) {
        this.part = part;
        this.name = name;
    }

    /// As it came on the wire. A part that this version does not know is no less to be spared than a unit.
    public static Keeper of(String word, String name) {
        return new Keeper(word.equals(Part.STORE.word) ? Part.STORE : Part.UNIT, name);
    }

    /// By the name that a service manager says.
    public static Keeper named(String name) {
        return new Keeper(name.startsWith(STORED) ? Part.STORE : Part.UNIT, name);
    }

    /// What keeps the sockets of that listener once they have been stored.
    public static Keeper store(String listener) {
        return new Keeper(Part.STORE, STORED + listener);
    }

    /// The part, by its word on the wire.
    public String word() {
        return part.word;
    }

    /// What they are called there.
    public String name() {
        return name;
    }

    /// Whether it has the sockets of that listener in its store.
    public boolean stores(String listener) {
        return part == Part.STORE && name.equals(STORED + listener);
    }

    public boolean isUnit() {
        return part == Part.UNIT;
    }
}
