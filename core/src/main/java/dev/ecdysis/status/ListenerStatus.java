package dev.ecdysis.status;

/// One listener of the serving generation.
///
/// @param name its identity across generations
/// @param address what it is bound to, such as `tcp:127.0.0.1:8080` or `unix:/run/app/http.sock`
/// @param sockets how many sockets it has
/// @param connections how many of its connections are alive
/// @param inherited whether it came from the predecessor
public record ListenerStatus(String name, String address, int sockets, long connections, boolean inherited) {
}
