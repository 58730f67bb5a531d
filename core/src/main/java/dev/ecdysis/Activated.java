package dev.ecdysis;

import java.nio.charset.StandardCharsets;

/// Sockets that a service manager opens and passes to the program that it starts, by the name that they have there: socket
/// activation, as systemd has it. There is no other address: without the manager there is nothing to listen on. See
/// [sd_listen_fds(3)](https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html).
///
/// Where they listen, and with which options, says the manager alone, in systemd a `.socket` unit. Several of one name are a
/// group, as with [Tcp#sockets(int)]; all of them are bound to one address. They are handed over in an upgrade like any
/// other, and belong to the manager as well: they are open when no generation is.
///
/// A listener with another address gets such sockets too, if they have its name or its address.
public final class Activated implements Address {
    private static final int LONGEST_NAME = 255;

    private final String name;

    private Activated(String name) {
        this.name = name;
    }

    /// The sockets with that name.
    ///
    /// @param name 1 to 255 printable ASCII characters but `:`. In systemd `FileDescriptorName=` gives it; without that it is
    ///        the name of the unit, such as `app.socket`
    public static Activated of(String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        boolean printable = name.chars().allMatch(each -> each >= ' ' && each < 127 && each != ':');
        if (length == 0 || length > LONGEST_NAME || !printable) {
            throw new IllegalArgumentException("a service manager's name for sockets has 1 to " + LONGEST_NAME
                    + " printable ASCII characters but ':', and this is none: '" + name + "'");
        }
        return new Activated(name);
    }

    /// The name that the service manager has for them.
    public String name() {
        return name;
    }

    /// Of no use here: what the service manager says counts, in systemd `Backlog=`.
    @Override
    public int backlog() {
        return DEFAULT_BACKLOG;
    }

    @Override
    public String toString() {
        return "systemd:" + name;
    }
}
