package dev.ecdysis.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ecdysis.demo.load.Failure;
import dev.ecdysis.demo.load.FailureKind;
import dev.ecdysis.demo.load.Load;
import dev.ecdysis.demo.load.LoadPlan;
import dev.ecdysis.demo.load.LoadReport;
import dev.ecdysis.demo.load.Mode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Clients of a server: half of the requests over new connections, half over kept ones, on each of its
/// addresses.
final class Traffic implements AutoCloseable {
    private static final int KEPT = 10;
    /// Few enough for a machine that is busy, enough that each kept connection is used ten times a second.
    private static final double REQUESTS_PER_SECOND = 200;
    /// For what is not about patience: waiting is no loss.
    private static final Duration LONG_PATIENCE = Duration.ofSeconds(60);

    /// Apart from each other, because what is kept is answered by its process whether or not that accepts.
    private final List<Load> overNew = new ArrayList<>();
    private final List<Load> overKept = new ArrayList<>();

    private Traffic() {
    }

    static Traffic to(SocketAddress... addresses) throws IOException {
        return withPatience(LONG_PATIENCE, List.of(addresses));
    }

    /// Over new connections only, which all go to whoever accepts.
    static Traffic ofNewConnectionsTo(SocketAddress address) throws IOException {
        Traffic traffic = new Traffic();
        traffic.overNew.add(Load.start(LoadPlan.to(address).requestsPerSecond(REQUESTS_PER_SECOND).keepAliveShare(0)
                .patience(LONG_PATIENCE)));
        return traffic;
    }

    static Traffic withPatience(Duration patience, List<? extends SocketAddress> addresses)
            throws IOException {
        Traffic traffic = new Traffic();
        for (SocketAddress address : addresses) {
            LoadPlan half = LoadPlan.to(address).requestsPerSecond(REQUESTS_PER_SECOND / 2 / addresses.size())
                    .patience(patience);
            traffic.overNew.add(Load.start(half.keepAliveShare(0)));
            traffic.overKept.add(Load.start(half.keepAliveShare(1)
                    .keepAliveConnections(Math.max(1, KEPT / addresses.size()))));
        }
        return traffic;
    }

    long failed() {
        return loads().mapToLong(Load::failed).sum();
    }

    long answered() {
        return loads().mapToLong(Load::answered).sum();
    }

    private Stream<Load> loads() {
        return Stream.concat(overNew.stream(), overKept.stream());
    }

    /// Waits until each address has answered a new connection as this generation.
    void awaitGeneration(int generation) throws Exception {
        for (Load load : overNew) {
            Await.until("an answer of generation " + generation, () -> load.generation() == generation);
        }
    }

    /// Waits until new requests were answered, over new connections as over kept ones: those that are sent from now
    /// on.
    void awaitAnswers(long more) throws Exception {
        awaitAnswers(more, Await.LIMIT);
    }

    /// @param within the limit for each address: for answers that must not wait for something else to end
    void awaitAnswers(long more, Duration within) throws Exception {
        for (Load load : loads().toList()) {
            long goal = load.answered() + more;
            Await.until(more + " more answers", within, () -> load.answered() >= goal);
        }
    }

    /// Stops, and fails the test if a single request was lost.
    void assertNothingLost() throws InterruptedException {
        for (LoadReport report : end()) {
            assertThat(report.failures()).as("lost requests").isEmpty();
            assertThat(report.answered()).isPositive();
        }
    }

    /// Stops, and fails the test unless a connect was turned down.
    void assertSomebodyRefused() throws InterruptedException {
        List<Failure> failures = new ArrayList<>();
        end().forEach(report -> failures.addAll(report.failures()));
        assertThat(failures).extracting(Failure::kind).contains(FailureKind.REFUSED);
    }

    /// Stops, and fails the test if a connect was turned down. What a process that was killed had accepted is lost.
    void assertNobodyRefused() throws InterruptedException {
        for (LoadReport report : end()) {
            assertThat(report.failures()).extracting(Failure::kind).doesNotContain(FailureKind.REFUSED,
                    FailureKind.CONNECT_TIMEOUT, FailureKind.TIMEOUT);
            assertThat(report.answered()).isPositive();
        }
    }

    /// Stops, and fails the test if a request was lost or answered by another generation.
    void assertAllAnsweredBy(int generation) throws InterruptedException {
        for (LoadReport report : end()) {
            assertThat(report.failures()).as("lost requests").isEmpty();
            assertThat(report.answeredByGeneration()).containsOnlyKeys(generation);
        }
    }

    /// Waits until new requests were answered over kept connections: their process answers whether or not it accepts.
    ///
    /// What was accepted before it ceased to has been answered as well by then, because it came first.
    void awaitAnswersOverKept(long more) throws Exception {
        for (Load load : overKept) {
            long goal = load.answered() + more;
            Await.until(more + " more answers over kept connections", () -> load.answered() >= goal);
        }
    }

    /// What one process had accepted and not closed when it was killed.
    ///
    /// @param connections how many
    /// @param unanswered whether some of those that are for one request may be among them
    record Held(long connections, boolean unanswered) {
        /// Of a process that stands still, so that the next signal finds it as it is now.
        static Held by(long pid, SocketAddress address) throws IOException {
            return new Held(Processes.connections(pid, ((InetSocketAddress) address).getPort()), true);
        }

        /// The same of one that has ceased to accept and answered what it had.
        static Held byIdle(long pid, SocketAddress address) throws IOException {
            return new Held(by(pid, address).connections(), false);
        }
    }

    /// Stops. Nothing may be lost but what this process held: each of its connections one request, which broke and
    /// was neither refused nor left without an answer.
    void assertOnlyLost(Held held) throws InterruptedException {
        Losses losses = losses();
        assertThat(losses.overKept).as("lost over kept connections: %s", losses)
                .isLessThanOrEqualTo(Math.min(KEPT, held.connections));
        assertThat(losses.overNew).as("lost over new connections: %s", losses)
                .isLessThanOrEqualTo(held.unanswered ? held.connections : 0);
        assertThat(losses.all()).as("lost of %s: %s", held, losses).isLessThanOrEqualTo(held.connections);
        losses.assertOneMoment();
    }

    /// Stops. The same of a process that ended by itself, at a moment that nobody could choose: it can have taken along
    /// only what was on its way then.
    ///
    /// @param life its life as a server, or longer
    void assertOnlyLostDuring(Window life) throws InterruptedException {
        Losses losses = losses();
        losses.assertOneMoment();
        assertThat(losses.overKept).as("lost over kept connections: %s", losses).isLessThanOrEqualTo(KEPT);
        for (Failure failure : losses.failures) {
            assertThat(life.covers(failure)).as("%s happened in %s", failure, life).isTrue();
        }
    }

    /// A stretch of time on the clock of the loads, which began together.
    record Window(Duration from, Duration to) {
        private boolean covers(Failure failure) {
            return failure.due().compareTo(to) <= 0 && failure.at().compareTo(from) >= 0;
        }
    }

    /// How long the loads have been running.
    Duration elapsed() {
        return overNew.getFirst().elapsed();
    }

    /// What broke, and nothing that was refused or not answered.
    private record Losses(long overNew, long overKept, List<Failure> failures) {
        private long all() {
            return overNew + overKept;
        }

        /// One end explains what was lost over new connections: all of it was due before the first loss could be seen.
        private void assertOneMoment() {
            List<Failure> over = failures.stream().filter(failure -> failure.mode() == Mode.NEW_CONNECTION).toList();
            if (!over.isEmpty()) {
                assertThat(over.stream().map(Failure::due).max(Comparator.naturalOrder()).orElseThrow())
                        .as("lost at one moment: %s", over)
                        .isLessThanOrEqualTo(
                                over.stream().map(Failure::at).min(Comparator.naturalOrder()).orElseThrow());
            }
        }
    }

    private Losses losses() throws InterruptedException {
        List<Failure> failures = new ArrayList<>();
        for (LoadReport report : end()) {
            assertThat(report.answered()).isPositive();
            assertThat(report.failures()).as("lost requests").extracting(Failure::kind)
                    .isSubsetOf(FailureKind.RESET, FailureKind.EARLY_EOF);
            failures.addAll(report.failures());
        }
        long kept = failures.stream().filter(failure -> failure.mode() == Mode.KEEP_ALIVE).count();
        return new Losses(failures.size() - kept, kept, failures);
    }

    /// Stops. What a server that answers nothing had accepted may be lost, when that server is cut off at its
    /// deadline: it sat on those, and nobody else could have answered them.
    ///
    /// @param accepted how many connections that server had
    void assertOnlyConnectionsOfAMuteServerLost(long accepted) throws InterruptedException {
        Losses losses = losses();
        assertThat(losses.overKept).as("lost over kept connections: %s", losses).isLessThanOrEqualTo(KEPT);
        assertThat(losses.all()).as("lost requests: %s", losses).isLessThanOrEqualTo(accepted);
    }

    private List<LoadReport> end() throws InterruptedException {
        loads().forEach(Load::stop);
        List<LoadReport> reports = new ArrayList<>();
        for (Load load : loads().toList()) {
            reports.add(load.await());
        }
        return reports;
    }

    @Override
    public void close() {
        loads().forEach(Load::close);
    }
}
