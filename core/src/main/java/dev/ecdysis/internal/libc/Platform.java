package dev.ecdysis.internal.libc;

import dev.ecdysis.internal.posix.PosixUnavailableException;
import java.util.Set;

/// Where this package works, checked before the first call: the numbers and layouts it uses hold for Linux with
/// 64-bit pointers on x86-64 and aarch64, and for both glibc and musl.
final class Platform {
    private static final Set<String> ARCHITECTURES = Set.of("amd64", "x86_64", "aarch64");

    private Platform() {
    }

    /// @throws PosixUnavailableException when this is another system
    static void check(String osName, String osArch) {
        if (!osName.equals("Linux")) {
            throw new PosixUnavailableException("ecdysis needs Linux, and this is " + osName
                    + "; dev.ecdysis.testing has a stub to develop with");
        }
        if (!ARCHITECTURES.contains(osArch)) {
            throw new PosixUnavailableException(
                    "ecdysis needs a 64-bit JVM on x86-64 or aarch64, and this one is for " + osArch);
        }
    }

    /// The few numbers of system calls that the architectures do not share depend on it.
    static boolean isX86() {
        return !System.getProperty("os.arch", "").equals("aarch64");
    }

    static PosixUnavailableException denied(Module module, IllegalCallerException cause) {
        return new PosixUnavailableException(
                "native access is denied, and system calls need it: start java with "
                        + nativeAccessFlag(module),
                cause);
    }

    /// The flag that allows native access to a module: by its name, or for all code on the class path.
    static String nativeAccessFlag(Module module) {
        return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }
}
