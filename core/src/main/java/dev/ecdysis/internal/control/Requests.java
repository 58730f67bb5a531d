package dev.ecdysis.internal.control;

/// What a client may ask. On the loop's thread.
public interface Requests {
    void upgrade(Reply reply);

    void status(Reply reply);

    void stop(Reply reply);

    void doctor(Reply reply);
}
