package dev.ecdysis.demo.load;

import java.time.Duration;

/// The answers whose requests were due within one stretch of time. The latencies are 0 when there were none.
///
/// @param from where the stretch begins, since the load's start
/// @param answered how many
/// @param p99 in microseconds
/// @param max in microseconds
/// @param failed how many requests that were due within it were lost
public record Bucket(Duration from, long answered, long p99, long max, long failed) {
}
