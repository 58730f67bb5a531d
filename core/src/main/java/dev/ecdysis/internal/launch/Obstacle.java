package dev.ecdysis.internal.launch;

/// What keeps a successor from being started.
///
/// @param found what is wrong, without an end
/// @param cure what to do about it
public record Obstacle(String found, String cure) {
    /// Both in one line.
    public String line() {
        return found + "; " + cure;
    }
}
