package dev.ecdysis.internal.wire;

/// A message as it came, with its continuations put together; [Codec#decode] makes a typed [Message] of it.
///
/// @param type the number of the message's type, known or not
/// @param flags those of the frame, without the one that announces a continuation
/// @param descriptors how many descriptors belong to it
/// @param body its fields
public record Frame(int type, int flags, int descriptors, Fields body) {
}
