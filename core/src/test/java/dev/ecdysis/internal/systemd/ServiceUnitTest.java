package dev.ecdysis.internal.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// In which unit a process is.
class ServiceUnitTest {
    private static ServiceUnit.Place place(String path) {
        return ServiceUnit.of("0::" + path + "\n", "0::/init.scope\n");
    }

    @ParameterizedTest
    @CsvSource({"/system.slice/app.service, app.service, false",
        "/app.service, app.service, false",
        "/system.slice/system-app.slice/app@blue\\x2dgreen.service, app@blue\\x2dgreen.service, false",
        "/system.slice/app.service/worker/inner.service, app.service, false",
        "/system.slice/_cpu.service, cpu.service, false",
        "/user.slice/user-1000.slice/user@1000.service/app.slice/app.service, app.service, true",
        "/user.slice/user-1000.slice/user@1000.service/app.slice/app-a.slice/app@b.service/x, app@b.service, true",
        "/user.slice/user-1000.slice/user@1000.service, user@1000.service, false",
        "/system.slice/user@app.service/x, user@app.service, false"})
    void aServiceIsKnownByItsGroup(String path, String name, boolean ofUser) {
        assertThat(place(path)).isEqualTo(new ServiceUnit.Place(Optional.of(new ServiceUnit(name, ofUser)), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/user.slice/user-1000.slice/session-3.scope", "/system.slice/docker-4711.scope",
        "/system.slice/docker-4711.scope/app.service", "/init.scope", "/system.slice", "/docker/4711",
        "/user.slice/user-1000.slice/user@1000.service/init.scope",
        "/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope", "/../..", "/../app"})
    void othersAreNot(String path) {
        assertThat(place(path)).isEqualTo(new ServiceUnit.Place(Optional.empty(), false));
    }

    @Test
    void nothingIsToldWhereANamespaceBegins() {
        assertThat(place("/")).isEqualTo(new ServiceUnit.Place(Optional.empty(), true));
        assertThat(ServiceUnit.of("", "")).isEqualTo(new ServiceUnit.Place(Optional.empty(), true));
        assertThat(ServiceUnit.of("garbage\n0:\n::::\n", "x").service()).isEmpty();
    }

    @Test
    void versionOneHasAHierarchyOfItsOwn() {
        String own = "12:memory:/system.slice/other.service\n1:name=systemd:/system.slice/app.service\n0::/\n";
        assertThat(ServiceUnit.of(own, "1:name=systemd:/init.scope\n0::/\n").service())
                .contains(new ServiceUnit("app.service", false));
        // A machine with both, whose systemd uses the second.
        assertThat(ServiceUnit.of("9:name=systemd:/\n1:cpu:/\n0::/system.slice/app.service\n",
                "9:name=systemd:/\n0::/init.scope\n").service()).contains(new ServiceUnit("app.service", false));
    }

    @Test
    void inAContainerSystemdsRootLiesDeeper() {
        String inside = "/system.slice/docker-4711.scope";
        assertThat(ServiceUnit.of("0::" + inside + "/system.slice/app.service\n", "0::" + inside + "/init.scope\n")
                .service()).contains(new ServiceUnit("app.service", false));
        assertThat(ServiceUnit.of("0::" + inside + "/system.slice/app.service\n", "").service()).isEmpty();
    }
}
