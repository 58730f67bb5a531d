package dev.ecdysis.internal.announce;

import dev.ecdysis.UpgradeResult;
import dev.ecdysis.internal.log.Log;
import jdk.jfr.FlightRecorder;

/// Writes events for the JDK's Flight Recorder, for whoever wants to know afterwards what was done to this process and
/// by whom. Only while somebody records: the first event starts the recorder otherwise, for a tenth of a second and nobody.
///
/// The module `jdk.jfr` is optional. Without it nothing is written, nor without memory for the recorder: what is recorded
/// happens all the same.
public final class FlightRecord {
    private static final System.Logger LOG = Log.of(FlightRecord.class);
    private static final String NOT_WRITTEN = "an event is missing in the flight recording";
    private static final boolean AVAILABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private FlightRecord() {
    }

    public static void upgrade(String askedBy, int generation, UpgradeResult result) {
        if (AVAILABLE) {
            try {
                Writer.upgrade(askedBy, generation, result);
            } catch (LinkageError | VirtualMachineError e) {
                LOG.log(System.Logger.Level.WARNING, NOT_WRITTEN, e);
            }
        }
    }

    public static void stop(String askedBy) {
        if (AVAILABLE) {
            try {
                Writer.stop(askedBy);
            } catch (LinkageError | VirtualMachineError e) {
                LOG.log(System.Logger.Level.WARNING, NOT_WRITTEN, e);
            }
        }
    }

    /// The only class that needs the recorder's to be there.
    private static final class Writer {
        private static void upgrade(String askedBy, int generation, UpgradeResult result) {
            if (!FlightRecorder.isInitialized()) {
                return;
            }
            UpgradeEvent event = new UpgradeEvent();
            event.askedBy = askedBy;
            event.generation = generation;
            switch (result) {
                case UpgradeResult.Committed committed -> {
                    event.outcome = "committed";
                    event.successor = committed.pid();
                    event.toCutover = committed.toCutover().toNanos();
                    event.pause = committed.pause().toNanos();
                }
                case UpgradeResult.Failed failed -> {
                    event.outcome = "failed";
                    event.reason = failed.reason();
                }
                case UpgradeResult.RolledBack back -> {
                    event.outcome = "rolled back";
                    event.reason = back.reason();
                }
                case UpgradeResult.Refused refused -> {
                    event.outcome = "refused";
                    event.reason = refused.why();
                }
            }
            event.commit();
        }

        private static void stop(String askedBy) {
            if (!FlightRecorder.isInitialized()) {
                return;
            }
            StopEvent event = new StopEvent();
            event.askedBy = askedBy;
            event.commit();
        }
    }
}
