package dev.ecdysis.internal.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One name with its bytes, and how it looks in a frame; both lengths are unsigned and big-endian.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---------------+-----------------------------------------------+
/// |  Name length  |                 Value length                  |
/// +---------------+-----------------------------------------------+
/// |                       Name, then value                       ...
/// ```
///
/// @param name 1 to 64 of the letters, digits and `.`, `_`, `-` of ASCII
/// @param value not copied: whoever makes a field gives it away
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
record Field(String name, byte[] value) {
    private static final int LENGTHS = 4;
    private static final int VALUE_LENGTH_BITS = 24;
    private static final int LONGEST_VALUE = (1 << VALUE_LENGTH_BITS) - 1;

    Field {
        if (!isName(name)) {
            throw new IllegalArgumentException("not a name of a field: '" + name + "'");
        }
    }

    private static boolean isName(String name) {
        if (name.isEmpty() || name.length() > Limits.NAME) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isNameCharacter(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
                || c == '_' || c == '-';
    }

    /// Reads the field that begins at the buffer's position, and moves past it.
    static Field read(ByteBuffer bytes) throws WireException {
        if (bytes.remaining() < LENGTHS) {
            throw new WireException("a field is cut off in its lengths");
        }
        int lengths = bytes.getInt();
        int nameLength = lengths >>> VALUE_LENGTH_BITS;
        int valueLength = lengths & LONGEST_VALUE;
        if (nameLength == 0 || nameLength > Limits.NAME) {
            throw new WireException("a field's name of " + nameLength + " bytes; 1 to " + Limits.NAME
                    + " are allowed");
        }
        if (nameLength + valueLength > bytes.remaining()) {
            throw new WireException("a field of " + (nameLength + valueLength) + " bytes where only "
                    + bytes.remaining() + " are left");
        }
        byte[] name = new byte[nameLength];
        bytes.get(name);
        byte[] value = new byte[valueLength];
        bytes.get(value);
        String text = new String(name, StandardCharsets.US_ASCII);
        if (!isName(text)) {
            throw new WireException(
                    "a field's name has other characters than letters, digits, '.', '_' and '-'");
        }
        return new Field(text, value);
    }

    int encodedLength() {
        return Math.addExact(LENGTHS + name.length(), value.length);
    }

    void write(ByteBuffer target) {
        target.putInt(name.length() << VALUE_LENGTH_BITS | value.length)
                .put(name.getBytes(StandardCharsets.US_ASCII)).put(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Field field && name.equals(field.name) && Arrays.equals(value, field.value);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(value);
    }

    /// The value's length only: it may be a secret.
    @Override
    public String toString() {
        return name + ":" + value.length;
    }
}
