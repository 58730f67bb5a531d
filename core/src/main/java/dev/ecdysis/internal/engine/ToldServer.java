package dev.ecdysis.internal.engine;

import dev.ecdysis.internal.notify.Server;
import dev.ecdysis.status.DrainingStatus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What the service manager is told of.
record ToldServer(int generation, EffectExecutor executor) implements Server {
    @Override
    public Optional<Integer> successorPid() {
        return executor.predecessorSide().successorPid();
    }

    @Override
    public OptionalLong successorPidfdId() {
        return executor.predecessorSide().successorPidfdId();
    }

    @Override
    public Optional<Long> predecessorPid() {
        return executor.predecessorPid();
    }

    @Override
    public List<DrainingStatus> older() {
        return executor.reaper().status();
    }

    @Override
    public long connections() {
        return executor.drain().remaining();
    }

    @Override
    public long latestStepNanos() {
        return executor.owned().latestStepNanos();
    }

    @Override
    public void beat(boolean on) {
        executor.owned().beat(on);
    }
}
