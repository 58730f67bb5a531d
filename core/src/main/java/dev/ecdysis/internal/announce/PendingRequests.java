package dev.ecdysis.internal.announce;

import dev.ecdysis.Phase;
import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.control.Reply;
import dev.ecdysis.internal.control.ResultCodec;
import dev.ecdysis.internal.wire.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/// Who asked for something and is owed an answer. On the loop's thread.
public final class PendingRequests {
    private final Map<Long, CompletableFuture<UpgradeResult>> callers = new HashMap<>();
    private final Map<Long, Reply> clients = new HashMap<>();
    private final Map<Long, List<String>> commands = new HashMap<>();
    private final Map<Long, String> signals = new HashMap<>();
    private final List<Reply> followers = new ArrayList<>();
    private long last;
    private long currentStarted = System.nanoTime();

    public long caller(CompletableFuture<UpgradeResult> caller) {
        callers.put(++last, caller);
        return last;
    }

    /// Remembers a client of the control socket.
    ///
    /// @param command what it wants to have started; empty when it does not say
    public long client(Reply client, List<String> command) {
        clients.put(++last, client);
        commands.put(last, command);
        return last;
    }

    /// A signal, which is answered in the log.
    public long signal(String name) {
        signals.put(++last, name);
        return last;
    }

    /// The name of a signal that is answered now; of one that was long since, what it was.
    public String signalled(long requester) {
        String name = signals.remove(requester);
        return name == null ? "a signal that was remembered" : name;
    }

    /// What whoever asked wants to have started; empty when he did not say.
    public List<String> command(long requester) {
        return commands.getOrDefault(requester, List.of());
    }

    /// An upgrade has begun: what it reports is timed from here.
    public void begun() {
        currentStarted = System.nanoTime();
    }

    public long begunNanos() {
        return currentStarted;
    }

    /// In words for an operator.
    public String who(long requester) {
        Reply client = clients.get(requester);
        return client == null ? "the application" : client.peer();
    }

    /// Wants to hear how the drain goes.
    public void follow(Reply reply) {
        if (!followers.contains(reply)) {
            followers.add(reply);
        }
    }

    public void progress(Phase phase, int generation, OptionalLong pid, long connections, String detail) {
        Message message = new Message.Progress(ResultCodec.number(phase), generation, pid,
                Duration.ofNanos(System.nanoTime() - currentStarted).toMillis(), connections, detail);
        for (Reply client : clients.values()) {
            client.send(message);
        }
        for (Reply follower : followers) {
            follower.send(message);
        }
    }

    public void answer(long requester, UpgradeResult result) {
        Optional.ofNullable(callers.remove(requester)).ifPresent(caller -> caller.complete(result));
        commands.remove(requester);
        Reply client = clients.remove(requester);
        if (client != null) {
            client.send(new Message.Result(ResultCodec.of(result)));
            if (result instanceof UpgradeResult.Committed) {
                followers.add(client);
            }
        }
    }

    /// This process ends: nobody is left waiting.
    public void answerAll(UpgradeResult result) {
        List.copyOf(callers.keySet()).forEach(requester -> answer(requester, result));
        List.copyOf(clients.keySet()).forEach(requester -> answer(requester, result));
    }
}
