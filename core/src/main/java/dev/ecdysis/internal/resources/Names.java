package dev.ecdysis.internal.resources;

/// Names of listeners and resources.
public final class Names {
    /// The control socket's own, which no listener of an application may have.
    public static final String CONTROL = "ecdysis.control";

    private static final int LONGEST = 64;

    private Names() {
    }

    private static boolean hasOnlyGoodCharacters(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c >= 128 || !(Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0)) {
                return false;
            }
        }
        return true;
    }

    static void check(String name) {
        boolean good = !name.isEmpty() && name.length() <= LONGEST && !name.equals(CONTROL)
                && hasOnlyGoodCharacters(name);
        if (!good) {
            throw new IllegalArgumentException("not a name: '" + name + "'; use 1 to " + LONGEST
                    + " letters, digits, '.', '_' and '-', but not " + CONTROL);
        }
    }
}
