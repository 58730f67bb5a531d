package dev.ecdysis.internal.announce;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// What a flight recording has of a stop, when its drain begins. Written by [FlightRecord].
@Name("dev.ecdysis.Stop")
@Label("Stop")
@Category("Ecdysis")
@Description("This process was asked to stop")
@StackTrace(false)
final class StopEvent extends Event {
    @Label("Asked By")
    @Description("A signal, the application, or a client of the control socket with its process and user")
    String askedBy = "";
}
