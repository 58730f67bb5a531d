package dev.ecdysis.bench;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.bench.UpgradesCommand.Plan;
import dev.ecdysis.bench.UpgradesResult.Upgrade;
import dev.ecdysis.client.ControlClient;
import dev.ecdysis.demo.load.Load;
import dev.ecdysis.demo.load.LoadPlan;
import dev.ecdysis.demo.load.LoadReport;
import dev.ecdysis.demo.load.Mode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The http example under load and upgraded, from its start to its end.
final class UpgradesRun {
    /// What a load may last.
    static final Duration LOAD_AT_MOST = Duration.ofHours(1);

    /// Generation 0 and the load itself are cold at first, which has nothing to do with upgrades.
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    /// After the last upgrade: its predecessor drains under load as all others did.
    private static final Duration AFTERWARDS = Duration.ofSeconds(1);
    /// Compilers finish what they have begun before a process can be called idle.
    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final Duration CONNECT_AT_MOST = Duration.ofSeconds(10);
    private static final Duration UPGRADE_AT_MOST = Duration.ofMinutes(2);
    private static final int DRAINING_AT_MOST = 4;

    private final Plan plan;
    private final Path examplesJar;
    private final Mode mode;

    UpgradesRun(Plan plan, Path examplesJar, Mode mode) {
        this.plan = plan;
        this.examplesJar = examplesJar;
        this.mode = mode;
    }

    UpgradesResult carryOut() throws IOException, BenchException, InterruptedException {
        try (Workplace workplace = new Workplace()) {
            ServerProcess server = ServerProcess.example(workplace, "server", examplesJar, "--probation", "500ms",
                    "--drain", "10s", "--max-draining", "10");
            LoadPlan load = LoadPlan.to(server.address()).requestsPerSecond(plan.rate())
                    .keepAliveShare(mode == Mode.KEEP_ALIVE ? 1 : 0).duration(LOAD_AT_MOST);
            warmUp(load.duration(WARM_UP));
            List<Upgrade> upgrades = new ArrayList<>();
            LoadReport report = upgradeUnder(load, server, upgrades);
            Progress.say(Figures.label(mode) + ": " + Figures.count(report.requests()) + " requests, "
                    + Figures.count(report.failed()) + " failed; looking for idle processes that work");
            Thread.sleep(SETTLE);
            return new UpgradesResult(mode, report, upgrades, Noise.spinners(workplace::isOurs));
        }
    }

    private void warmUp(LoadPlan load) throws IOException, BenchException, InterruptedException {
        Progress.say(Figures.label(mode) + ": warming up for " + WARM_UP.toSeconds() + " s");
        try (Load warmUp = Load.start(load)) {
            LoadReport report = warmUp.await();
            if (report.failed() > 0) {
                throw new BenchException("the server lost " + report.failed() + " requests before it was upgraded even"
                        + " once, the first one so: " + report.failures().getFirst().detail());
            }
        }
    }

    private LoadReport upgradeUnder(LoadPlan loadPlan, ServerProcess server, List<Upgrade> upgrades)
            throws IOException, BenchException, InterruptedException {
        Duration planned = Duration.ofNanos((long) (plan.requests() * 1e9 / plan.rate()));
        try (Load load = Load.start(loadPlan)) {
            for (int i = 0; i < plan.upgrades(); i++) {
                sleepUntil(planned.multipliedBy(2L * i + 1).dividedBy(2L * plan.upgrades()), load);
                Upgrade upgrade = upgrade(server, load);
                upgrades.add(upgrade);
                Progress.say("%s: upgrade %d of %d: %s; %s answered, %s failed".formatted(Figures.label(mode), i + 1,
                        plan.upgrades(), inWords(upgrade.result()), Figures.count(load.answered()),
                        Figures.count(load.failed())));
            }
            Duration least = load.elapsed().plus(AFTERWARDS);
            sleepUntil(least.compareTo(planned) > 0 ? least : planned, load);
            awaitAll(load);
            load.stop();
            return load.await();
        }
    }

    /// The last ones may be due and not sent yet.
    private void awaitAll(Load load) throws InterruptedException {
        long deadline = System.nanoTime() + AFTERWARDS.toNanos();
        while (load.answered() + load.failed() < plan.requests() && System.nanoTime() < deadline) {
            Thread.sleep(POLL);
        }
    }

    private static Upgrade upgrade(ServerProcess server, Load load)
            throws IOException, BenchException, InterruptedException {
        try (ControlClient client = ControlClient.connect(server.control(), CONNECT_AT_MOST)) {
            while (client.status().draining().size() > DRAINING_AT_MOST) {
                Thread.sleep(POLL);
            }
            // The server has time limits of its own; this is for one that hangs.
            Thread limit = Thread.ofVirtual().start(() -> closeAfter(UPGRADE_AT_MOST, client));
            try {
                Duration from = load.elapsed();
                UpgradeResult result = client.upgrade(progress -> {
                });
                return new Upgrade(from, load.elapsed(), result);
            } finally {
                limit.interrupt();
            }
        } catch (IOException e) {
            throw new BenchException("the server was lost: " + e.getMessage() + "; its last words:\n  "
                    + String.join("\n  ", server.lastWords()));
        }
    }

    private static String inWords(UpgradeResult result) {
        return result instanceof UpgradeResult.Committed committed
                ? "cutover after " + Figures.duration(committed.toCutover()) + ", pause "
                        + Figures.duration(committed.pause())
                : "NOT COMMITTED: " + result;
    }

    private static void sleepUntil(Duration moment, Load load) throws InterruptedException {
        Duration left = moment.minus(load.elapsed());
        if (left.isPositive()) {
            Thread.sleep(left);
        }
    }

    private static void closeAfter(Duration delay, ControlClient client) {
        try {
            Thread.sleep(delay);
            client.close();
        } catch (InterruptedException e) {
            // The upgrade was over in time.
        }
    }
}
