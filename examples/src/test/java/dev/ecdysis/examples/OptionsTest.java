package dev.ecdysis.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.Ecdysis;
import dev.ecdysis.Tcp;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    @TempDir
    private Path folder;

    private static Options parse(String commandLine) throws UsageException {
        return Options.parse(commandLine.split(" ", -1));
    }

    private static List<String> listeners(Options options) throws UsageException {
        return options.listeners().stream().map(each -> each.name() + "=" + each.address()).toList();
    }

    @Test
    void hasADefaultListener() throws UsageException {
        assertThat(listeners(parse("http"))).containsExactly("http=tcp:127.0.0.1:8080");
        assertThat(listeners(parse("echo"))).containsExactly("echo=tcp:127.0.0.1:8080");
    }

    @Test
    void numbersFurtherListeners() throws UsageException {
        assertThat(listeners(parse("http --listen tcp:[::1]:1 --listen=unix:/a --listen tcp:b:2")))
                .containsExactly("http=tcp:[::1]:1", "http-2=unix:/a", "http-3=tcp:b:2");
    }

    @Test
    void readsListenersFromAFile() throws UsageException, IOException {
        Path file = folder.resolve("listeners");
        Files.writeString(file, "# comment\n\n a=tcp:h:1\nb=unix:/b=c \n");
        Options options = parse("http --sockets 3 --listen-file " + file);
        assertThat(listeners(options)).containsExactly("a=tcp:h:1", "b=unix:/b=c");
        assertThat(((Tcp) options.listeners().getFirst().address()).sockets()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# only a comment", "tcp:h:1", "=tcp:h:1", "a=nonsense"})
    void refusesAFileWithoutListeners(String content) throws UsageException, IOException {
        Path file = folder.resolve("listeners");
        Files.writeString(file, content);
        Options options = parse("http --listen-file " + file);
        assertThatThrownBy(options::listeners).isInstanceOf(UsageException.class)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "http | PT5S",
        "http --drain 4s | PT2S",
        "http --drain 60s | PT5S",
        "http --drain 4s --idle-grace 3s | PT3S"})
    void takesTheIdleGraceFromTheDrain(String commandLine, Duration expected) throws UsageException {
        assertThat(parse(commandLine).idleGrace()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'' | http or echo",
        "smtp | http or echo",
        "http --nope | unknown option: '--nope'",
        "http --nope x | unknown option: '--nope'",
        "http nope | unknown option: 'nope'",
        "http --drain | --drain needs a value",
        "http --drain= | --drain needs a value",
        "http --drain 3 | --drain: not a duration: '3'",
        "http --idle-grace 3000000h | --idle-grace: too long: '3000000h'",
        "http --init-delay 3000000h | --init-delay: too long: '3000000h'",
        "http --listen 8080 | not an address",
        "http --listen tcp:h:99999 | 0 to 65535",
        "http --sockets 0 | at least 1",
        "http --max-draining two | whole number",
        "http --fault explode | unknown fault",
        "http --listen tcp:h:1 --listen-file f | exclude each other"})
    void explainsInOneLine(String commandLine, String expected) {
        assertThatThrownBy(() -> parse(commandLine)).isInstanceOf(UsageException.class)
                .hasMessageContaining(expected).hasMessageNotContaining("\n");
    }

    @Test
    void passesOnWhatWasGiven() throws UsageException {
        assertThat(configured("http")).isEmpty();
        assertThat(configured("http --control c --pid-file p --fd-store --probation 1s --drain 2s --ready-timeout 3s "
                + "--low-priority-boot 4s "
                + "--max-draining 4 --version-label v5")).containsExactly("controlSocket[c]", "pidFile[p]",
                        "storeListeners[true]",
                        "probation[PT1S]", "drainDeadline[PT2S]", "readyTimeout[PT3S]", "lowPriorityBoot[PT4S]",
                        "maxDraining[4]",
                        "version[v5]");
    }

    private static List<String> configured(String commandLine) throws UsageException {
        List<String> calls = new ArrayList<>();
        Ecdysis.Builder builder = (Ecdysis.Builder) Proxy.newProxyInstance(OptionsTest.class.getClassLoader(),
                new Class<?>[] {Ecdysis.Builder.class}, (proxy, method, arguments) -> {
                    calls.add(method.getName() + Arrays.toString(arguments));
                    return proxy;
                });
        parse(commandLine).configure(builder);
        return calls;
    }

    @Test
    void onlyASuccessorReadsTheFaultFile() throws UsageException, IOException {
        Path file = folder.resolve("fault");
        Options options = parse("http --fault mute --fault-file " + file);
        assertThat(options.fault(true)).isEqualTo(Fault.parse("mute"));
        Files.writeString(file, "exit:3\n");
        assertThat(options.fault(true)).isEqualTo(Fault.parse("exit:3"));
        assertThat(options.fault(false)).isEqualTo(Fault.parse("mute"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit", "exit:", "exit:256", "exit:-1", "exit:x", "throw:x", "refuse:", "mute:1",
        "die-after-cutover:200"})
    void refusesFaultsThatAreNone(String text) {
        assertThatThrownBy(() -> Fault.parse(text)).isInstanceOf(UsageException.class);
    }

    @Test
    void limitsAMessageToFourLines() {
        assertThat(Main.firstLines("one")).isEqualTo("one");
        assertThat(Main.firstLines("1\n2\n3\n4")).isEqualTo("1\n2\n3\n4");
        assertThat(Main.firstLines("1\n2\n3\n4\n5\n6")).isEqualTo("1\n2\n3\n4");
    }
}
