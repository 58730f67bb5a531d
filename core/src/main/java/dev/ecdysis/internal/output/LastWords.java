package dev.ecdysis.internal.output;

import dev.ecdysis.internal.log.Log;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What a successor wrote last, to its standard output and to its standard error.
public final class LastWords {
    private static final System.Logger LOG = Log.of(LastWords.class);
    private static final int MOST_LINES = 50;

    private final List<Source> sources;

    /// A stream that it writes to; both of its own may be one.
    record Source(StandardStream stream, Tail tail, Relay relay) {
    }

    LastWords(List<Source> sources) {
        this.sources = List.copyOf(sources);
    }

    /// The last lines, those of standard output first, each stream under a heading when both have some. One of them may
    /// have most of the lines, but not crowd out the other.
    public List<String> lines() {
        List<List<String>> texts = new ArrayList<>();
        List<String> headings = new ArrayList<>();
        for (Source source : sources) {
            List<String> text = source.tail().lines();
            if (!text.isEmpty()) {
                texts.add(text);
                headings.add("(" + source.stream() + ")");
            }
        }
        return switch (texts.size()) {
            case 0 -> List.of();
            case 1 -> last(texts.getFirst(), MOST_LINES);
            default -> both(texts.getFirst(), texts.getLast(), headings);
        };
    }

    private static List<String> both(List<String> first, List<String> second, List<String> headings) {
        int most = MOST_LINES - headings.size();
        int ofSecond = Math.min(second.size(), Math.max(most / 2, most - first.size()));
        List<String> lines = new ArrayList<>(List.of(headings.getFirst()));
        lines.addAll(last(first, most - ofSecond));
        lines.add(headings.getLast());
        lines.addAll(last(second, ofSecond));
        return List.copyOf(lines);
    }

    private static List<String> last(List<String> lines, int most) {
        return lines.subList(Math.max(0, lines.size() - most), lines.size());
    }

    /// Waits until what was written by now has been read. The process has ended, so that this is all it wrote, whoever else
    /// holds the pipe. Not on the loop's thread.
    public void await(Duration atMost) {
        List<CountDownLatch> latches = new ArrayList<>();
        for (Source source : sources) {
            latches.add(source.relay().catchUp());
        }
        long end = System.nanoTime() + atMost.toNanos();
        try {
            for (CountDownLatch latch : latches) {
                if (!latch.await(Math.max(end - System.nanoTime(), 0), TimeUnit.NANOSECONDS)) {
                    LOG.log(System.Logger.Level.DEBUG, "the new version's last words could not be read in time");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
