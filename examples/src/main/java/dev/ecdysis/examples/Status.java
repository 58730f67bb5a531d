package dev.ecdysis.examples;

/// The answers that this server gives, see [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-15).
enum Status {
    OK(200, "OK"),
    BAD_REQUEST(400, "Bad Request"),
    NOT_FOUND(404, "Not Found"),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
    LENGTH_REQUIRED(411, "Length Required"),
    CONTENT_TOO_LARGE(413, "Content Too Large"),
    URI_TOO_LONG(414, "URI Too Long"),
    EXPECTATION_FAILED(417, "Expectation Failed"),
    HEADERS_TOO_LARGE(431, "Request Header Fields Too Large"),
    NOT_IMPLEMENTED(501, "Not Implemented"),
    VERSION_NOT_SUPPORTED(505, "HTTP Version Not Supported");

    private final String line;

    Status(int code, String phrase) {
        line = code + " " + phrase;
    }

    /// Code and phrase, such as `404 Not Found`.
    String line() {
        return line;
    }
}
