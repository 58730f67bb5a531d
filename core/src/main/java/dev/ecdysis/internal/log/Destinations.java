package dev.ecdysis.internal.log;

/// Which logging framework this process has.
final class Destinations {
    private Destinations() {
    }

    static Destination ofThisProcess() {
        Module finder = System.LoggerFinder.getLoggerFinder().getClass().getModule();
        if ("java.logging".equals(finder.getName())) {
            return new JavaLogging();
        }
        // Without that module the JDK has a logger that knows standard error only.
        return new AnyLogger(Object.class.getModule().equals(finder));
    }

    /// What the application chose, or what the JDK has without java.util.logging.
    ///
    /// @param standardError whether it is the JDK's
    record AnyLogger(boolean standardError) implements Destination {
        @Override
        public boolean isStandardError(Line line) {
            return standardError && line.logger().target().isLoggable(line.level());
        }

        @Override
        public void write(Line line) {
            System.Logger target = line.logger().target();
            if (line.thrown() != null) {
                target.log(line.level(), line.bundle(), line.message(), line.thrown());
            } else {
                target.log(line.level(), line.bundle(), line.message(), line.arguments());
            }
        }
    }
}
