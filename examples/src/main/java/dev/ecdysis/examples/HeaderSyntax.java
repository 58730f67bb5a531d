package dev.ecdysis.examples;

import java.nio.charset.StandardCharsets;

/// The characters of [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-5.6), on bytes as they came.
final class HeaderSyntax {
    private static final boolean[] TOKEN = token();

    private HeaderSyntax() {
    }

    private static boolean[] token() {
        boolean[] table = new boolean[128];
        byte[] others = "!#$%&'*+-.^_`|~".getBytes(StandardCharsets.US_ASCII);
        for (byte other : others) {
            table[other] = true;
        }
        for (int digit = '0'; digit <= '9'; digit++) {
            table[digit] = true;
        }
        for (int letter = 'a'; letter <= 'z'; letter++) {
            table[letter] = true;
            table[letter - 'a' + 'A'] = true;
        }
        return table;
    }

    /// Where the token that begins at `from` ends; `from` when there is none.
    static int tokenEnd(byte[] bytes, int from, int to) {
        int index = from;
        while (index < to && bytes[index] >= 0 && TOKEN[bytes[index]]) {
            index++;
        }
        return index;
    }

    /// Whether a header's value holds no control character. Bytes over 127, negative here, are allowed.
    static boolean isValue(byte[] bytes, int from, int to) {
        for (int index = from; index < to; index++) {
            byte value = bytes[index];
            if (value == 127 || (value >= 0 && value < ' ' && value != '\t')) {
                return false;
            }
        }
        return true;
    }

    /// Whether a request target holds only what can be printed.
    static boolean isTarget(byte[] bytes, int from, int to) {
        for (int index = from; index < to; index++) {
            if (bytes[index] <= ' ' || bytes[index] == 127) {
                return false;
            }
        }
        return from < to;
    }

    /// Where the white space that begins at `from` ends.
    static int skipSpace(byte[] bytes, int from, int to) {
        int index = from;
        while (index < to && isSpace(bytes[index])) {
            index++;
        }
        return index;
    }

    /// Where the white space that ends at `to` begins.
    static int trimSpace(byte[] bytes, int from, int to) {
        int index = to;
        while (index > from && isSpace(bytes[index - 1])) {
            index--;
        }
        return index;
    }

    private static boolean isSpace(byte value) {
        return value == ' ' || value == '\t';
    }

    /// Whether the bytes are these lower-case letters and hyphens, in whatever case.
    static boolean is(byte[] lowerCase, byte[] bytes, int from, int to) {
        if (to - from != lowerCase.length) {
            return false;
        }
        for (int index = 0; index < lowerCase.length; index++) {
            int value = bytes[from + index];
            if (value >= 'A' && value <= 'Z') {
                value += 'a' - 'A';
            }
            if (value != lowerCase[index]) {
                return false;
            }
        }
        return true;
    }
}
