package dev.ecdysis.internal.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What an ELF file says of who can run it, see [elf(5)](https://man7.org/linux/man-pages/man5/elf.5.html).
///
/// @param machine the processor, `e_machine`
/// @param loader the dynamic loader, `PT_INTERP`; empty in a static program, or when the file does not make sense
record ElfProgram(int machine, Optional<byte[]> loader) {
    private static final int CLASS = 4;
    private static final int DATA = 5;
    private static final int MACHINE = 18;
    private static final int SIXTY_FOUR_BITS = 2;
    private static final int BIG_ENDIAN = 2;
    private static final int PT_INTERP = 3;
    private static final int MOST_HEADERS = 64;
    private static final int SMALLEST = 64;

    private static final int EM_386 = 3;
    private static final int EM_ARM = 40;
    private static final int EM_X86_64 = 62;
    private static final int EM_AARCH64 = 183;

    static boolean isElf(byte[] head) {
        return head.length >= SMALLEST && head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F';
    }

    /// @param head its first bytes
    static ElfProgram of(Path file, byte[] head) {
        ByteOrder order = head[DATA] == BIG_ENDIAN ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer header = ByteBuffer.wrap(head).order(order);
        int machine = Short.toUnsignedInt(header.getShort(MACHINE));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new ElfProgram(machine, loader(channel, header, head[CLASS] == SIXTY_FOUR_BITS));
        } catch (IOException | IllegalArgumentException e) { // also an offset that is none
            return new ElfProgram(machine, Optional.empty());
        }
    }

    private static Optional<byte[]> loader(FileChannel channel, ByteBuffer header, boolean wide) throws IOException {
        long table = wide ? header.getLong(32) : Integer.toUnsignedLong(header.getInt(28));
        int size = Short.toUnsignedInt(header.getShort(wide ? 54 : 42));
        int count = Math.min(MOST_HEADERS, Short.toUnsignedInt(header.getShort(wide ? 56 : 44)));
        for (int i = 0; i < count; i++) {
            ByteBuffer entry = read(channel, table + (long) i * size, wide ? 56 : 32).order(header.order());
            if (entry.remaining() < (wide ? 56 : 32)) {
                return Optional.empty();
            }
            if (entry.getInt(0) == PT_INTERP) {
                long offset = wide ? entry.getLong(8) : Integer.toUnsignedLong(entry.getInt(4));
                long length = wide ? entry.getLong(32) : Integer.toUnsignedLong(entry.getInt(16));
                ByteBuffer name = read(channel, offset, Math.clamp(length, 0, Executable.HEAD));
                int end = 0;
                while (end < name.remaining() && name.get(end) != 0) {
                    end++;
                }
                byte[] loader = new byte[end];
                name.get(0, loader);
                return end == 0 ? Optional.empty() : Optional.of(loader);
            }
        }
        return Optional.empty();
    }

    private static ByteBuffer read(FileChannel channel, long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        channel.read(bytes, offset);
        return bytes.flip();
    }

    /// Whether it is for a processor whose programs this one does not run.
    boolean isForeign() {
        return switch (System.getProperty("os.arch", "").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> !Set.of(EM_X86_64, EM_386).contains(machine);
            case "aarch64" -> !Set.of(EM_AARCH64, EM_ARM).contains(machine);
            default -> false;
        };
    }
}
