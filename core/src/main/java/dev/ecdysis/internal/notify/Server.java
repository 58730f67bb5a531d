package dev.ecdysis.internal.notify;

import dev.ecdysis.status.DrainingStatus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What is told of this server. On the loop's thread.
public interface Server {
    int generation();

    /// Of the upgrade that is under way.
    Optional<Integer> successorPid();

    /// The same process for the kernel, where that has a name for it: see `PidfdId`.
    OptionalLong successorPidfdId();

    /// Of the process that was to hand over to this one; empty in generation 0.
    Optional<Long> predecessorPid();

    /// The older generations that have not ended.
    List<DrainingStatus> older();

    /// How many connections of this process have not ended.
    long connections();

    /// When the accept loop that is latest to do so last went round, as [System#nanoTime()] counts; each does at least
    /// every 100 ms while it is told to beat.
    long latestStepNanos();

    /// Whether accept loops are to go round that often.
    void beat(boolean on);
}
