package dev.ecdysis.examples;

import dev.ecdysis.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A listener to open or to claim.
record NamedAddress(String name, Address address) {
    /// The first has the plain name, the others count on from 2.
    static List<NamedAddress> numbered(String name, List<Address> addresses) {
        List<NamedAddress> result = new ArrayList<>(addresses.size());
        for (Address address : addresses) {
            String full = result.isEmpty() ? name : name + "-" + (result.size() + 1);
            result.add(new NamedAddress(full, address));
        }
        return result;
    }

    /// Reads `name=address` lines; empty ones and those that start with `#` are skipped.
    static List<NamedAddress> read(Path file) throws UsageException {
        List<NamedAddress> result = new ArrayList<>();
        for (String raw : lines(file)) {
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw new UsageException(file + ": not NAME=ADDRESS: '" + line + "'");
            }
            result.add(new NamedAddress(line.substring(0, equals), parse(line.substring(equals + 1))));
        }
        if (result.isEmpty()) {
            throw new UsageException(file + " names no listener; write NAME=ADDRESS lines");
        }
        return result;
    }

    private static List<String> lines(Path file) throws UsageException {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UsageException("cannot read the listeners: " + e, e);
        }
    }

    static Address parse(String text) throws UsageException {
        try {
            return Address.parse(text);
        } catch (IllegalArgumentException e) {
            String message = e.getMessage();
            throw new UsageException(message == null ? "not an address: '" + text + "'" : message, e);
        }
    }
}
