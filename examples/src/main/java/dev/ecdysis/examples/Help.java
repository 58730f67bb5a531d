package dev.ecdysis.examples;

/// What `--help` prints. A class of its own, so that a server does not load the text.
final class Help {
    private static final String TEXT = """
            Usage: java -jar ecdysis-examples.jar http|echo [OPTION]...

            http   GET /  GET /slow?ms=N  GET /bytes?n=N  GET /stream?ms=N (a chunk a second)
            echo   sends its generation as four bytes, big-endian, then echoes

            Both are replaced by a new version of themselves on SIGHUP and stop on SIGTERM and SIGINT.
            A DURATION is a whole number and a unit: 500ms, 3s, 2m, 1h.

              --listen ADDRESS          tcp:HOST:PORT, unix:PATH, or systemd:NAME for what a socket unit opens
                                        under that name; repeatable. The listeners are named http, http-2, ...
                                        or echo, echo-2, ... Default tcp:127.0.0.1:8080
              --listen-file PATH        read NAME=ADDRESS lines from a file instead, anew in each generation
              --sockets N               N sockets for each TCP address (SO_REUSEPORT). Default 1
              --control PATH            Unix socket for the ecdysis command
              --pid-file PATH           a file that names the process that serves
              --fd-store                have systemd keep the sockets too, so that they survive a crash
              --probation DURATION      how long a successor serves on probation. Default 3s
              --drain DURATION          how long connections have to end. Default 30s
              --ready-timeout DURATION  how long a successor may take to get ready. Default 60s
              --low-priority-boot DURATION
                                        how long a successor's compilers may be kept to idle processor time,
                                        where that is possible; 0ms for never. Default 5s
              --max-draining N          how many older generations may drain. Default 3
              --version-label TEXT      what this version calls itself
              --idle-grace DURATION     http: while draining, leave idle connections open for this long, then
                                        close them one by one over half as long again.
                                        Default 5s, or half of --drain when that is less
              --health-check            on probation, unhealthy when nothing of what came is answered for 1s
              --init-delay DURATION     pretend that initialising takes this long

            For tests of upgrades that go wrong:
              --fault MODE              exit:STATUS | throw | hang            instead of getting ready
                                        refuse:REASON                         before getting ready
                                        refuse-after-cutover:REASON           when it serves
                                        die-after-cutover:DURATION            exits with 9 without cleaning up
                                        mute                                  accept and never answer
              --fault-file PATH         a successor reads MODE from this file, if it exists when it starts""";

    private Help() {
    }

    static boolean isAskedFor(String[] arguments) {
        for (String argument : arguments) {
            if (argument.equals("--help") || argument.equals("-h")) {
                return true;
            }
        }
        return false;
    }

    static String text() {
        return TEXT;
    }
}
