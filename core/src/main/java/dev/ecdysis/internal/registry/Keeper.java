package dev.ecdysis.internal.registry;

import java.util.Optional;

/// The part of a service manager that holds sockets too. They are open when no process of ours is, and connections wait in
/// them then: so nobody here may shut them down, filter what comes in, or remove their path.
///
/// @param part of the service manager
/// @param name what they are called there
public record Keeper(Part part, String name) {
    /// In the words of the wire.
    public enum Part {
        /// It opened them itself: in systemd a `.socket` unit.
        UNIT("unit");

        private final String word;

        Part(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /// Empty when this version does not know that part.
    public static Optional<Part> part(String word) {
        for (Part part : Part.values()) {
            if (part.word.equals(word)) {
                return Optional.of(part);
            }
        }
        return Optional.empty();
    }
}
