package dev.ecdysis.examples;

import java.nio.charset.StandardCharsets;

/// A request line and its headers, as far as this server cares: one object for a connection, filled again and
/// again.
///
/// Whatever leaves room for two opinions about where the request ends is refused, see
/// [RFC 9112](https://www.rfc-editor.org/rfc/rfc9112#section-11.2).
final class RequestHead {
    private static final byte[] GET = ascii("GET");
    private static final byte[] HEAD = ascii("HEAD");
    private static final byte[] VERSION = ascii("HTTP/");
    private static final byte[] SCHEME = ascii("http://");
    private static final int VERSION_LENGTH = "HTTP/1.1".length();

    private boolean get;
    private boolean head;
    private int minorVersion;
    private Route route = Route.NOWHERE;
    private long number;
    private final RequestHeaders headers = new RequestHeaders();

    /// Reads a head that [HeadScanner] has found the end of.
    void parse(byte[] bytes, int start, int end) throws BadRequestException {
        // The one empty line that the scanner lets pass: some old clients send it after a body.
        int from = bytes[start] == '\r' ? start + 2 : start;
        int lineEnd = lineEnd(bytes, from);
        parseRequestLine(bytes, from, lineEnd);
        headers.clear();
        for (from = lineEnd + 2; from < end - 2; from = lineEnd + 2) {
            lineEnd = lineEnd(bytes, from);
            headers.add(bytes, from, lineEnd);
        }
        headers.check(minorVersion);
    }

    /// The index of the CR. The scanner has seen to it that one precedes each LF.
    private static int lineEnd(byte[] bytes, int from) {
        int index = from;
        while (bytes[index] != '\n') {
            index++;
        }
        return index - 1;
    }

    private void parseRequestLine(byte[] bytes, int from, int to) throws BadRequestException {
        int methodEnd = HeaderSyntax.tokenEnd(bytes, from, to);
        int targetEnd = to - VERSION_LENGTH - 1;
        if (methodEnd == from || targetEnd <= methodEnd || bytes[methodEnd] != ' '
                || bytes[targetEnd] != ' '
                || !HeaderSyntax.isTarget(bytes, methodEnd + 1, targetEnd)) {
            throw malformed();
        }
        // Methods are case-sensitive.
        get = startsWith(GET, bytes, from, methodEnd) && methodEnd - from == GET.length;
        head = startsWith(HEAD, bytes, from, methodEnd) && methodEnd - from == HEAD.length;
        parseVersion(bytes, targetEnd + 1, to);
        parseTarget(bytes, methodEnd + 1, targetEnd);
    }

    private void parseVersion(byte[] bytes, int from, int to) throws BadRequestException {
        int major = bytes[from + VERSION.length] - '0';
        int minor = bytes[to - 1] - '0';
        if (!startsWith(VERSION, bytes, from, to) || bytes[to - 2] != '.'
                || major < 0 || major > 9 || minor < 0 || minor > 9) {
            throw malformed();
        }
        if (major != 1) {
            throw new BadRequestException(Status.VERSION_NOT_SUPPORTED, "only HTTP/1.1 and 1.0");
        }
        minorVersion = minor;
    }

    private void parseTarget(byte[] bytes, int from, int to) throws BadRequestException {
        int path = from;
        if (bytes[path] != '/' && startsWith(SCHEME, bytes, path, to)) {
            // What a client sends to a proxy; every server must understand it.
            path = indexOf('/', bytes, path + SCHEME.length, to);
        } else if (bytes[path] == '*' && to - from == 1) {
            // "OPTIONS *" is well-formed, and no path.
            path = to;
        }
        if (path < to && bytes[path] != '/') {
            throw malformed();
        }
        int pathEnd = indexOf('?', bytes, path, to);
        route = path == to ? Route.NOWHERE : Route.of(bytes, path, pathEnd);
        int query = Math.min(pathEnd + 1, to);
        number = route == Route.ROOT || route == Route.NOWHERE ? 0
                : route.number(new String(bytes, query, to - query, StandardCharsets.ISO_8859_1));
    }

    private static int indexOf(char wanted, byte[] bytes, int from, int to) {
        int index = from;
        while (index < to && bytes[index] != wanted) {
            index++;
        }
        return index;
    }

    private static boolean startsWith(byte[] prefix, byte[] bytes, int from, int to) {
        if (to - from < prefix.length) {
            return false;
        }
        for (int index = 0; index < prefix.length; index++) {
            if (bytes[from + index] != prefix[index]) {
                return false;
            }
        }
        return true;
    }

    private static BadRequestException malformed() {
        return new BadRequestException(Status.BAD_REQUEST, "the request line is malformed");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Whether the method is one that every resource here has.
    boolean isGetOrHead() {
        return get || head;
    }

    boolean isHead() {
        return head;
    }

    boolean isVersion10() {
        return minorVersion == 0;
    }

    Route route() {
        return route;
    }

    /// The route's parameter, -1 when it is not good.
    long number() {
        return number;
    }

    RequestHeaders headers() {
        return headers;
    }

    /// Whether the client wants the connection to last: HTTP/1.0 has to ask for it.
    boolean isPersistent() {
        return !headers.wantsClose() && (minorVersion > 0 || headers.wantsKeepAlive());
    }
}
