package dev.ecdysis.internal.procfs;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HexFormat;

/// The names of files as Linux has them, which are bytes.
///
/// The JDK makes a path from text by way of the locale, and one like POSIX cannot express every name. By way of a URI the
/// bytes go through as they are.
public final class FileNames {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String UNRESERVED = "-._~";

    private FileNames() {
    }

    /// The path of these bytes, whatever the locale.
    ///
    /// @param absolute begins with a slash and has no zero byte
    public static Path path(byte[] absolute) {
        StringBuilder uri = new StringBuilder("file:///");
        for (byte value : absolute) {
            int unsigned = value & 0xff;
            if (value == '/' && uri.charAt(uri.length() - 1) == '/') {
                continue;
            }
            boolean plain = unsigned < 0x80
                    && (Character.isLetterOrDigit(unsigned) || value == '/' || UNRESERVED.indexOf(unsigned) >= 0);
            if (plain) {
                uri.append((char) unsigned);
            } else {
                uri.append('%').append(HEX.toHexDigits(value));
            }
        }
        return Path.of(URI.create(uri.toString()));
    }

    /// The bytes of a path, whatever the locale.
    public static byte[] bytes(Path absolute) {
        String path = absolute.toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '%') {
                bytes.write(HexFormat.fromHexDigits(path, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(path.charAt(i));
            }
        }
        byte[] all = bytes.toByteArray();
        // A URI says of a folder that it is one.
        boolean folder = all.length > 1 && all[all.length - 1] == '/';
        return folder ? java.util.Arrays.copyOf(all, all.length - 1) : all;
    }

    /// The file that a name means in a directory.
    ///
    /// @param directory absolute
    /// @param name relative to it, or absolute; may be empty
    public static Path resolve(byte[] directory, byte[] name) {
        if (name.length > 0 && name[0] == '/') {
            return path(name);
        }
        if (name.length == 0) {
            return path(directory);
        }
        byte[] all = java.util.Arrays.copyOf(directory, directory.length + 1 + name.length);
        all[directory.length] = '/';
        System.arraycopy(name, 0, all, directory.length + 1, name.length);
        return path(all);
    }

    /// Whether the JDK's older interfaces, which know names as text only, can open it in this locale.
    public static boolean isExpressible(Path path) {
        try {
            return Path.of(path.toString()).equals(path);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /// As a person should see it: control characters, and what is not UTF-8, are escaped.
    public static String shown(Path path) {
        return shown(bytes(path));
    }

    public static String shown(byte[] name) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(name)).toString();
        } catch (CharacterCodingException e) {
            text = new String(name, StandardCharsets.ISO_8859_1);
        }
        StringBuilder shown = new StringBuilder();
        text.chars().forEach(character -> {
            switch (character) {
                case '\r' -> shown.append("\\r");
                case '\n' -> shown.append("\\n");
                case '\t' -> shown.append("\\t");
                default -> {
                    if (Character.isISOControl(character)) {
                        shown.append("\\x").append(HEX.toHexDigits((byte) character));
                    } else {
                        shown.append((char) character);
                    }
                }
            }
        });
        return shown.toString();
    }
}
