package dev.ecdysis.internal.procfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNamesTest {
    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void bytesOfAnyKindComeThrough(@TempDir Path folder) throws Exception {
        byte[] parent = FileNames.bytes(folder);
        for (String name : new String[] {"plain", "b\u00fccher", "a%b c?#;&", "\u0001\u007f\u00ff", "\u00c3\u00bc"}) {
            Path path = FileNames.resolve(parent, latin(name));
            assertThat(FileNames.bytes(path)).endsWith(latin("/" + name)).startsWith(parent);
            Files.createDirectory(path);
            assertThat(FileNames.bytes(path)).as("a folder").endsWith(latin("/" + name));
            assertThat(Files.isSameFile(path, folder.resolve(path.getFileName()))).isTrue();
        }
    }

    @Test
    void namesAreResolvedAsTheKernelDoes() {
        assertThat(FileNames.resolve(latin("/a"), latin("b"))).isEqualTo(Path.of("/a/b"));
        assertThat(FileNames.resolve(latin("/a"), latin("/b"))).isEqualTo(Path.of("/b"));
        assertThat(FileNames.resolve(latin("/a"), latin(""))).isEqualTo(Path.of("/a"));
        assertThat(FileNames.resolve(latin("/"), latin("b"))).isEqualTo(Path.of("/b"));
        assertThat(FileNames.path(latin("//a///b/"))).isEqualTo(Path.of("/a/b"));
        assertThat(FileNames.path(latin("/"))).isEqualTo(Path.of("/"));
        assertThat(FileNames.bytes(Path.of("/"))).isEqualTo(latin("/"));
    }

    @Test
    void whatIsShownHasNoControlCharacters() {
        assertThat(FileNames.shown(latin("/bin/sh\r\n\t\u001b"))).isEqualTo("/bin/sh\\r\\n\\t\\x1B");
        assertThat(FileNames.shown("b\u00fccher".getBytes(StandardCharsets.UTF_8))).isEqualTo("b\u00fccher");
        assertThat(FileNames.shown(latin("b\u00fccher"))).isEqualTo("b\u00fccher");
    }
}
