package dev.ecdysis.internal.wire;

/// A message as it came; [Codec#decode] makes a typed [Message] of it.
///
/// @param type the number of the message's type, known or not
/// @param descriptors how many descriptors belong to it
/// @param body its fields
public record Frame(int type, int descriptors, Fields body) {
}
