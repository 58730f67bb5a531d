package dev.ecdysis.internal.announce;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/// What a flight recording has of each upgrade that was asked for, once it has ended. Written by [FlightRecord].
@Name("dev.ecdysis.Upgrade")
@Label("Upgrade")
@Category("Ecdysis")
@Description("An upgrade that was asked for, and how it ended")
@StackTrace(false)
final class UpgradeEvent extends Event {
    @Label("Asked By")
    @Description("A signal, the application, or a client of the control socket with its process and user")
    String askedBy = "";

    @Label("Outcome")
    @Description("committed, failed, rolled back or refused")
    String outcome = "";

    @Label("Reason")
    @Description("Why it was not committed")
    String reason = "";

    @Label("Successor Generation")
    int generation;

    @Label("Successor Process")
    @Description("Its process id; 0 when it was not committed")
    long successor;

    @Label("Trigger To Cutover")
    @Timespan(Timespan.NANOSECONDS)
    long toCutover;

    @Label("Accept Pause")
    @Description("How long new connections waited in the accept queue")
    @Timespan(Timespan.NANOSECONDS)
    long pause;
}
