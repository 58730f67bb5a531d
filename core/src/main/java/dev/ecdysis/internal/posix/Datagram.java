package dev.ecdysis.internal.posix;

import java.util.List;
import java.util.Optional;

/// A datagram that came, besides its bytes.
///
/// @param sender as the kernel knows it; empty when it did not say
/// @param descriptors that the receiver now owns
/// @param truncated whether it was longer than the buffer, or descriptors had to be dropped
public record Datagram(Optional<PeerCredentials> sender, List<Fd> descriptors, boolean truncated) {
    public Datagram {
        descriptors = List.copyOf(descriptors);
    }
}
