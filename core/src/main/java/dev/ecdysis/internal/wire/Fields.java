package dev.ecdysis.internal.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a frame's body is made of: names with bytes, in order; a name may come more than once and is then a
/// list.
///
/// Immutable. What the bytes of a field mean is known to whoever asks for them, so a field that a receiver
/// does not know costs nothing. Asking for one value takes the first of that name.
public final class Fields {
    public static final Fields EMPTY = new Fields(List.of(), 1, 1, 0);

    private final List<Field> entries;
    /// On which level of its frame these fields are; the body is level 1.
    private final int level;
    /// How many levels these fields have, they included, as far as they were built here.
    private final int height;
    /// The largest number of fields on any level, as far as they were built here.
    private final int widest;

    private Fields(List<Field> entries, int level, int height, int widest) {
        this.entries = List.copyOf(entries);
        this.level = level;
        this.height = height;
        this.widest = widest;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Reads the body of a frame: all that remains of the buffer.
    static Fields read(ByteBuffer bytes) throws WireException {
        return read(bytes, 1);
    }

    private static Fields read(ByteBuffer bytes, int level) throws WireException {
        if (level > Limits.DEPTH) {
            throw new WireException("fields are nested more than " + Limits.DEPTH + " levels deep");
        }
        List<Field> entries = new ArrayList<>();
        while (bytes.hasRemaining()) {
            if (entries.size() == Limits.FIELDS) {
                throw new WireException("more than " + Limits.FIELDS + " fields on one level");
            }
            entries.add(Field.read(bytes));
        }
        return new Fields(entries, level, 1, entries.size());
    }

    int encodedLength() {
        int length = 0;
        for (Field entry : entries) {
            length = Math.addExact(length, entry.encodedLength());
        }
        return length;
    }

    /// Appends the encoded fields; the target has room for [#encodedLength()].
    void write(ByteBuffer target) {
        for (Field entry : entries) {
            entry.write(target);
        }
    }

    /// Refuses what a receiver would refuse, while the sender still knows what it was about to say.
    void checkSendable() throws WireException {
        if (widest > Limits.FIELDS) {
            throw new WireException(
                    "a list of " + widest + " entries; at most " + Limits.FIELDS + " are allowed");
        }
        if (height > Limits.DEPTH) {
            throw new WireException(
                    "fields nested " + height + " levels deep; " + Limits.DEPTH + " are allowed");
        }
    }

    /// The text of that name.
    ///
    /// @throws WireException when it is missing, or not UTF-8
    public String text(String name) throws WireException {
        return toText(name, required(name));
    }

    /// All values of that name, in order; none is an empty list.
    ///
    /// @throws WireException when one is not UTF-8
    public List<String> texts(String name) throws WireException {
        List<String> values = new ArrayList<>();
        for (Field entry : named(name)) {
            values.add(toText(name, entry.value()));
        }
        return List.copyOf(values);
    }

    /// The number of that name.
    ///
    /// @throws WireException when it is missing, or not a number
    public long number(String name) throws WireException {
        return toNumber(name, required(name));
    }

    /// The number of that name, if there is one.
    ///
    /// @throws WireException when it is there and not a number
    public OptionalLong optionalNumber(String name) throws WireException {
        Optional<byte[]> value = first(name);
        return value.isPresent() ? OptionalLong.of(toNumber(name, value.get())) : OptionalLong.empty();
    }

    /// A copy of the bytes of that name.
    ///
    /// @throws WireException when it is missing
    public byte[] bytes(String name) throws WireException {
        return required(name).clone();
    }

    /// All values of that name, in order; none is an empty list.
    public List<byte[]> allBytes(String name) {
        List<byte[]> values = new ArrayList<>();
        for (Field entry : named(name)) {
            values.add(entry.value().clone());
        }
        return List.copyOf(values);
    }

    /// All values of that name, in order, each read as fields; none is an empty list.
    ///
    /// @throws WireException when one is not made of fields, or is nested too deep
    public List<Fields> nested(String name) throws WireException {
        List<Fields> values = new ArrayList<>();
        for (Field entry : named(name)) {
            values.add(read(ByteBuffer.wrap(entry.value()), level + 1));
        }
        return List.copyOf(values);
    }

    private List<Field> named(String name) {
        List<Field> found = new ArrayList<>();
        for (Field entry : entries) {
            if (entry.name().equals(name)) {
                found.add(entry);
            }
        }
        return found;
    }

    private Optional<byte[]> first(String name) {
        for (Field entry : entries) {
            if (entry.name().equals(name)) {
                return Optional.of(entry.value());
            }
        }
        return Optional.empty();
    }

    private byte[] required(String name) throws WireException {
        Optional<byte[]> value = first(name);
        if (value.isEmpty()) {
            throw new WireException("the field '" + name + "' is missing");
        }
        return value.get();
    }

    private static String toText(String name, byte[] value) throws WireException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException e) {
            throw new WireException("the field '" + name + "' is not UTF-8", e);
        }
    }

    private static long toNumber(String name, byte[] value) throws WireException {
        if (value.length != Long.BYTES) {
            throw new WireException(
                    "the field '" + name + "' is a number of " + value.length + " bytes, not 8");
        }
        return ByteBuffer.wrap(value).getLong();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fields fields && entries.equals(fields.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    /// Names and lengths only: values may be secrets.
    @Override
    public String toString() {
        return entries.toString();
    }

    /// Collects fields. A limit that they pass is reported when the frame is encoded, not here.
    public static final class Builder {
        private final List<Field> entries = new ArrayList<>();
        private int height = 1;
        private int widest;

        private Builder() {
        }

        /// Adds a text, as UTF-8.
        public Builder text(String name, String value) {
            return add(name, value.getBytes(StandardCharsets.UTF_8));
        }

        /// Adds a number, as 8 bytes.
        public Builder number(String name, long value) {
            return add(name, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        }

        /// Adds a copy of these bytes.
        public Builder bytes(String name, byte[] value) {
            return add(name, value.clone());
        }

        /// Adds fields one level deeper.
        public Builder fields(String name, Fields nested) {
            height = Math.max(height, nested.height + 1);
            widest = Math.max(widest, nested.widest);
            ByteBuffer encoded = ByteBuffer.allocate(nested.encodedLength());
            nested.write(encoded);
            return add(name, encoded.array());
        }

        private Builder add(String name, byte[] value) {
            entries.add(new Field(name, value));
            return this;
        }

        public Fields build() {
            return new Fields(entries, 1, height, Math.max(widest, entries.size()));
        }
    }
}
