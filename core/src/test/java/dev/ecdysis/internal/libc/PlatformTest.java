package dev.ecdysis.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.internal.posix.PosixUnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PlatformTest {
    @Test
    void linuxOnTwoArchitecturesIsSupported() {
        assertThatCode(() -> Platform.check("Linux", "amd64")).doesNotThrowAnyException();
        assertThatCode(() -> Platform.check("Linux", "aarch64")).doesNotThrowAnyException();
        assertThatThrownBy(() -> Platform.check("Mac OS X", "aarch64"))
                .isInstanceOf(PosixUnavailableException.class).hasMessageContaining("Mac OS X");
        assertThatThrownBy(() -> Platform.check("Linux", "riscv64"))
                .isInstanceOf(PosixUnavailableException.class).hasMessageContaining("riscv64");
    }

    @Test
    void theFlagNamesTheModule() {
        assertThat(Platform.nativeAccessFlag(Object.class.getModule()))
                .isEqualTo("--enable-native-access=java.base");
        assertThat(Platform.nativeAccessFlag(ClassLoader.getSystemClassLoader().getUnnamedModule()))
                .isEqualTo("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void deniedNativeAccessIsOneLineWithTheFlag() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny", "-cp",
                folderOf(LinuxPosix.class) + ":" + folderOf(Denied.class),
                Denied.class.getName())
                .redirectError(Redirect.INHERIT).redirectInput(new File("/dev/null")).start();

        // The only pipe, closed here: the JDK's reaper would do it later, while another test counts descriptors.
        try (InputStream output = process.getInputStream()) {
            assertThat(new String(output.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(
                    "native access is denied, and system calls need it: start java with --enable-native-access=ALL-UNNAMED");
        }
        assertThat(process.waitFor()).isZero();
    }

    private static String folderOf(Class<?> type) {
        return Path.of(URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString();
    }

    /// Runs in a JVM of its own; on the class path, whatever the tests themselves run on.
    static final class Denied {
        public static void main(String[] arguments) {
            try {
                LinuxPosix.open();
            } catch (PosixUnavailableException e) {
                System.out.print(e.getMessage());
            }
        }
    }
}
