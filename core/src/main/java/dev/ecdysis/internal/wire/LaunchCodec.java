package dev.ecdysis.internal.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A launch description by itself, as it stands in a file beside WELCOME when it is too large for the frame: fields again,
/// with all arguments in one value and all variables in another, each followed by a zero byte as in `/proc/PID/environ`.
/// A field for each would not do, for there may be more than one level of fields may have.
public final class LaunchCodec {
    private static final String ARGUMENTS = "arguments";
    private static final String ENVIRONMENT = "environment";
    private static final String DIRECTORY = "directory";
    private static final String PROGRAM = "program";

    private static final int DIRECTORY_AND_PROGRAM = 2;

    private LaunchCodec() {
    }

    /// Whether it can travel in WELCOME itself.
    public static boolean fitsFrame(Message.LaunchDescription launch) {
        return launch.arguments().size() + launch.environment().size() <= Limits.FIELDS - DIRECTORY_AND_PROGRAM
                && MessageWriter.launchDescription(launch).encodedLength() <= Limits.LAUNCH_IN_FRAME;
    }

    /// The content of the file.
    ///
    /// @throws WireException when it passes one of the [Limits], or a word has a zero byte, which no program can be given
    public static ByteBuffer encode(Message.LaunchDescription launch) throws WireException {
        int words = launch.arguments().size() + launch.environment().size();
        if (words > Limits.LAUNCH_WORDS) {
            throw new WireException("a launch description of " + words + " arguments and variables; at most "
                    + Limits.LAUNCH_WORDS + " are allowed");
        }
        Fields.Builder fields = Fields.builder().bytes(ARGUMENTS, joined(launch.arguments()))
                .bytes(ENVIRONMENT, joined(launch.environment())).bytes(DIRECTORY, launch.directory());
        launch.program().ifPresent(program -> fields.bytes(PROGRAM, program));
        Fields content = fields.build();
        int length = content.encodedLength();
        if (length > Limits.LAUNCH_FILE) {
            throw tooLarge(length);
        }
        ByteBuffer target = ByteBuffer.allocate(length);
        content.write(target);
        return target.flip();
    }

    private static WireException tooLarge(long length) {
        return new WireException("a launch description of " + length + " bytes; at most " + Limits.LAUNCH_FILE
                + " are allowed");
    }

    private static byte[] joined(List<byte[]> words) throws WireException {
        long length = 0;
        for (byte[] word : words) {
            length += word.length + 1;
        }
        if (length > Limits.LAUNCH_FILE) {
            throw tooLarge(length);
        }
        ByteBuffer joined = ByteBuffer.allocate((int) length);
        for (byte[] word : words) {
            for (byte value : word) {
                if (value == 0) {
                    throw new WireException("an argument or a variable with a zero byte");
                }
            }
            joined.put(word).put((byte) 0);
        }
        return joined.array();
    }

    /// What is in the file: all that remains of the buffer.
    ///
    /// @throws WireException when it is not what [#encode] writes, or passes one of the [Limits]
    public static Message.LaunchDescription decode(ByteBuffer content) throws WireException {
        if (content.remaining() > Limits.LAUNCH_FILE) {
            throw tooLarge(content.remaining());
        }
        Fields fields = Fields.read(content);
        List<byte[]> arguments = split(ARGUMENTS, fields.bytes(ARGUMENTS), Limits.LAUNCH_WORDS);
        List<byte[]> environment = split(ENVIRONMENT, fields.bytes(ENVIRONMENT),
                Limits.LAUNCH_WORDS - arguments.size());
        List<byte[]> program = fields.allBytes(PROGRAM);
        return new Message.LaunchDescription(arguments, environment, fields.bytes(DIRECTORY),
                program.isEmpty() ? Optional.empty() : Optional.of(program.getFirst()));
    }

    private static List<byte[]> split(String name, byte[] joined, int most) throws WireException {
        if (joined.length > 0 && joined[joined.length - 1] != 0) {
            throw new WireException("the field '" + name + "' does not end in a zero byte");
        }
        List<byte[]> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < joined.length; i++) {
            if (joined[i] == 0) {
                if (words.size() == most) {
                    throw new WireException("a launch description of more than " + Limits.LAUNCH_WORDS
                            + " arguments and variables");
                }
                words.add(Arrays.copyOfRange(joined, start, i));
                start = i + 1;
            }
        }
        return words;
    }
}
