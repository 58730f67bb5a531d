package dev.ecdysis.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads a numeric user id, as `id -u` prints it.
final class UserIdConverter implements ITypeConverter<Integer> {
    private static final Pattern FORM = Pattern.compile("\\d{1,10}");
    /// The next one means "no user" to the kernel, see chown(2).
    private static final long HIGHEST = 0xffff_fffeL;

    @Override
    public Integer convert(String value) {
        if (!FORM.matcher(value).matches() || Long.parseLong(value) > HIGHEST) {
            throw new TypeConversionException("'" + value + "' is not a numeric user id such as 1000");
        }
        return (int) Long.parseLong(value);
    }
}
