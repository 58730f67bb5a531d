package dev.ecdysis.status;

/// One thing that the doctor looked at.
///
/// @param name what was checked, two or three words
/// @param verdict how it is
/// @param found what was found, one line
/// @param cure what to do about it, one line; empty when the verdict is [Verdict#PASS]
public record Check(String name, Verdict verdict, String found, String cure) {
    /// How a check came out.
    public enum Verdict {
        /// As it should be.
        PASS,
        /// Upgrades work, but something will not be as good as it could be.
        WARN,
        /// Upgrades will fail.
        FAIL,
        /// One that only a later version of this library has a name for.
        UNKNOWN
    }

    /// A check that found all well.
    public static Check pass(String name, String found) {
        return new Check(name, Verdict.PASS, found, "");
    }

    /// A check that found something worth mending.
    public static Check warn(String name, String found, String cure) {
        return new Check(name, Verdict.WARN, found, cure);
    }

    /// A check that found an obstacle.
    public static Check fail(String name, String found, String cure) {
        return new Check(name, Verdict.FAIL, found, cure);
    }
}
