package dev.ecdysis.cli;

/// One line for a human, with the tone that becomes a colour where colours are shown.
record Line(Tone tone, String text) {
    private static final String ESCAPE = "\u001b[";

    /// What a line is about, for the eye.
    enum Tone {
        PLAIN(""),
        GOOD("32"),
        CAUTION("33"),
        BAD("31");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }

    static Line plain(String text) {
        return new Line(Tone.PLAIN, text);
    }

    static Line good(String text) {
        return new Line(Tone.GOOD, text);
    }

    static Line caution(String text) {
        return new Line(Tone.CAUTION, text);
    }

    static Line bad(String text) {
        return new Line(Tone.BAD, text);
    }

    String painted() {
        return tone == Tone.PLAIN ? text : ESCAPE + tone.code + "m" + text + ESCAPE + "0m";
    }
}
