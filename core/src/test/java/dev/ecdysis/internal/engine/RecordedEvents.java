package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.handover.Event;
import dev.ecdysis.internal.loop.EventLoop;
import dev.ecdysis.internal.pump.EventQueue;
import java.util.ArrayList;
import java.util.List;

/// Keeps what is posted, and stops the loop once enough has come.
public final class RecordedEvents implements EventQueue {
    private final EventLoop loop;
    private final int last;
    private final List<Event> events = new ArrayList<>();

    public RecordedEvents(EventLoop loop, int last) {
        this.loop = loop;
        this.last = last;
    }

    /// To be asked once the loop has ended.
    public List<Event> events() {
        return events;
    }

    @Override
    public void post(Event event) {
        events.add(event);
        if (events.size() == last) {
            loop.stop();
        }
    }
}
