package dev.ecdysis.examples;

/// What can be asked for.
enum Route {
    ROOT("/", "", 0),
    SLOW("/slow", "ms", 10 * 60 * 1000),
    BYTES("/bytes", "n", 1 << 30),
    STREAM("/stream", "ms", 10 * 60 * 1000),
    NOWHERE("", "", 0);

    /// Not `values()`, which copies at each call.
    private static final Route[] WITH_PARAMETER = {SLOW, BYTES, STREAM};
    private static final int MOST_DIGITS = 10;

    private final String path;
    private final String parameter;
    private final long largest;

    Route(String path, String parameter, long largest) {
        this.path = path;
        this.parameter = parameter;
        this.largest = largest;
    }

    static Route of(byte[] bytes, int from, int to) {
        if (to - from == 1) {
            return ROOT;
        }
        for (Route route : WITH_PARAMETER) {
            if (route.isAt(bytes, from, to)) {
                return route;
            }
        }
        return NOWHERE;
    }

    private boolean isAt(byte[] bytes, int from, int to) {
        if (to - from != path.length()) {
            return false;
        }
        for (int index = 0; index < path.length(); index++) {
            if (bytes[from + index] != path.charAt(index)) {
                return false;
            }
        }
        return true;
    }

    /// The number that the route asks for, 0 for one that asks for none.
    ///
    /// @param query what follows the question mark
    /// @return -1 when it is missing, not a number or too large
    long number(String query) {
        if (parameter.isEmpty()) {
            return 0;
        }
        for (int from = 0; from <= query.length();) {
            int ampersand = query.indexOf('&', from);
            int to = ampersand < 0 ? query.length() : ampersand;
            int equals = from + parameter.length();
            if (query.startsWith(parameter, from) && equals < to && query.charAt(equals) == '=') {
                return number(query, equals + 1, to);
            }
            from = to + 1;
        }
        return -1;
    }

    private long number(String text, int from, int to) {
        if (from == to || to - from > MOST_DIGITS) {
            return -1;
        }
        long value = 0;
        for (int index = from; index < to; index++) {
            int digit = text.charAt(index) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value <= largest ? value : -1;
    }

    /// What a request without a good number is told.
    String wants() {
        return parameter + " must be a number from 0 to " + largest;
    }
}
