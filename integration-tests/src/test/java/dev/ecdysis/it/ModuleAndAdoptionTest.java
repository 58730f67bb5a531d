package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.it.program.Program;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// An upgrade loses nothing whichever way descriptors become JDK channels, and whether the library is on the class path
/// or a module.
@Tag("slow")
class ModuleAndAdoptionTest {
    private static final String MODULE = "dev.ecdysis.it.program";

    @RegisterExtension
    final Servers servers = new Servers();

    @TempDir
    Path folder;

    @Test
    void onTheClassPathWithNothingOpened() throws Exception {
        assertUpgradesUnderLoad(2, "duplicate", "--add-opens java.base/sun.nio.ch=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED", "-cp", Launch.classPath(), Program.class.getName());
    }

    @Test
    void asAModuleThatThePackageIsOpenedTo() throws Exception {
        assertUpgradesUnderLoad(1, "internals", "", asModule("--add-opens=java.base/sun.nio.ch=dev.ecdysis"));
    }

    @Test
    void asAModuleWithTheStrategyThatAPropertyNames() throws Exception {
        assertUpgradesUnderLoad(1, "duplicate", "leave -Ddev.ecdysis.adoption=duplicate out",
                asModule("--add-opens=java.base/sun.nio.ch=dev.ecdysis",
                        "-Ddev.ecdysis.adoption=duplicate"));
    }

    /// @param upgrades from a socket that was bound, and then from one that was inherited
    /// @param cure of what the log warns of at every start, if it does
    private void assertUpgradesUnderLoad(int upgrades, String adoption, String cure, String... options)
            throws Exception {
        Chain chain = servers.start(Launch.bareProgram(Launch.JAVA, List.of(options), "probation=200",
                "listen=tcp:127.0.0.1:0,tcp:[::1]:0,unix:@/http.sock"));
        assertThat(chain.status().adoption()).startsWith(adoption + ":");
        try (Traffic traffic = Traffic.to(chain.addresses().toArray(SocketAddress[]::new))) {
            traffic.awaitGeneration(0);
            for (int generation = 1; generation <= upgrades; generation++) {
                chain.startUpgrade().await(UpgradeResult.Committed.class);
                traffic.awaitGeneration(generation);
                assertThat(chain.status().adoption()).startsWith(adoption + ":");
            }
            traffic.awaitAnswers(10);
            traffic.assertNothingLost();
        }
        chain.assertServesAlone();
        chain.assertEnds();
        // The JVM's own warnings begin so too, as of access that was not granted.
        List<String> warnings = chain.errors().lines().stream().filter(line -> line.startsWith("WARNING: ")).toList();
        if (adoption.equals("internals")) {
            assertThat(warnings).isEmpty();
            return;
        }
        // One in each generation.
        assertThat(warnings).hasSize(upgrades + 1).allSatisfy(warning -> assertThat(warning)
                .contains("frameworks may show a wrong port", cure));
    }

    /// Options that run the program as a module that requires the library's, and so has nothing on the class path.
    private String[] asModule(String... more) throws IOException {
        Path module = Files.createDirectory(folder.resolve("module"));
        Path library = Launch.placeOf(Ecdysis.class);
        Path source = Files.writeString(folder.resolve("module-info.java"),
                "module " + MODULE + " { requires dev.ecdysis; }");
        int status = ToolProvider.findFirst("javac").orElseThrow().run(System.out, System.err, "-d", module.toString(),
                "-p", library.toString(), source.toString());
        assertThat(status).as("javac's exit status").isZero();
        Path packageFolder = Path.of(Program.class.getPackageName().replace('.', '/'));
        Files.createDirectories(module.resolve(packageFolder));
        try (Stream<Path> classes = Files.list(Launch.placeOf(Program.class).resolve(packageFolder))) {
            for (Path one : classes.toList()) {
                Files.copy(one, module.resolve(packageFolder).resolve(one.getFileName()));
            }
        }
        List<String> options = new ArrayList<>(List.of("--enable-native-access=dev.ecdysis"));
        options.addAll(List.of(more));
        options.addAll(List.of("-p", library + ":" + module, "-m", MODULE + "/" + Program.class.getName()));
        return options.toArray(String[]::new);
    }
}
