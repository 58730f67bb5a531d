package dev.ecdysis.internal.inheritance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ecdysis.EcdysisException;
import dev.ecdysis.Tcp;
import dev.ecdysis.internal.posix.Fd;
import dev.ecdysis.internal.posix.FdPair;
import dev.ecdysis.internal.posix.Linux;
import dev.ecdysis.internal.posix.Posix;
import dev.ecdysis.internal.registry.BoundSockets;
import dev.ecdysis.internal.transport.Incoming;
import dev.ecdysis.internal.wire.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A predecessor that does not keep to the protocol: each is refused with the reason, and nothing stays open.
@Timeout(60)
class HostileInheritanceTest {
    private static final String TCP = "tcp:127.0.0.1:0";
    private static final Message WELCOME = new Message.Welcome(1, 2, 3,
            new Message.LaunchDescription(List.of(), List.of(), new byte[] {'/'}), InheritanceTrip.SETTINGS);
    private static final Message OLDER = new Message.Older(1, 2, 3, 4);

    private static Message.Sockets sockets(String name, int all, int here) {
        return new Message.Sockets(name, "stream", TCP, 0, 0, false, all, here);
    }

    /// What comes of these messages, with descriptors that are what they should be.
    private static void refused(String why, Message... said) throws Exception {
        InheritanceTrip trip = new InheritanceTrip();
        assertThatThrownBy(() -> {
            for (Message message : said) {
                trip.reader.take(arrived(trip.posix, message));
            }
        }).isInstanceOf(EcdysisException.class).hasMessageContaining(why);
        trip.close();
    }

    private static Incoming.Arrived arrived(Posix posix, Message message) throws IOException {
        List<Fd> descriptors = new ArrayList<>();
        for (int i = 0; i < message.descriptors(); i++) {
            descriptors.add(message instanceof Message.Sockets ? socket(posix, Linux.AF_INET, Linux.SOCK_STREAM, true)
                    : posix.eventfd());
        }
        return new Incoming.Arrived(message, descriptors);
    }

    private static Fd socket(Posix posix, int domain, int type, boolean listening) throws IOException {
        Fd socket = posix.socket(domain, type, 0);
        if (listening) {
            posix.listen(socket, 1);
        }
        return socket;
    }

    @Test
    void anythingBeforeWelcome() throws Exception {
        for (Message early : List.of(sockets("http", 1, 1), OLDER, new Message.HandedOver(0, 0))) {
            refused("before it said WELCOME", early);
        }
    }

    @Test
    void welcomeTwice() throws Exception {
        refused("said WELCOME twice", WELCOME, WELCOME);
    }

    @Test
    void aVersionThatIsNotSpoken() throws Exception {
        refused("chose version 99", new Message.Welcome(99, 2, 3,
                new Message.LaunchDescription(List.of(), List.of(), new byte[0]), InheritanceTrip.SETTINGS));
    }

    @Test
    void aListenerOfWhichSomeSocketsAreMissing() throws Exception {
        String why = "handed over only 2 of the 3 sockets of listener http";
        Message part = sockets("http", 3, 2);
        Message elsewhere = new Message.Sockets("http", "stream", "tcp:127.0.0.1:1", 0, 0, false, 3, 1);
        for (Message next : List.of(OLDER, new Message.HandedOver(2, 0), sockets("other", 1, 1), elsewhere,
                sockets("http", 4, 1))) {
            refused(why, WELCOME, part, next);
        }
    }

    @Test
    void moreSocketsThanTheListenerHas() throws Exception {
        refused("more than the 3 sockets that it said listener http has", WELCOME, sockets("http", 3, 2),
                sockets("http", 3, 2));
    }

    @Test
    void aSumThatIsAnother() throws Exception {
        for (Message end : List.of(new Message.HandedOver(0, 1), new Message.HandedOver(1, 0),
                new Message.HandedOver(-1, Integer.MAX_VALUE))) {
            refused("and 0 and 0 came", WELCOME, end);
        }
        refused("handed over 0 sockets and 0 older generations, and 0 and 1 came", WELCOME, OLDER,
                new Message.HandedOver(0, 0));
    }

    @Test
    void aNameThatComesTwice() throws Exception {
        refusedListeners("two listeners named http", "http", "http", false);
    }

    @Test
    void twoControlSockets() throws Exception {
        refusedListeners("two control sockets", "one", "two", true);
    }

    private static void refusedListeners(String why, String first, String second, boolean control) throws Exception {
        InheritanceTrip trip = new InheritanceTrip();
        trip.reader.take(arrived(trip.posix, WELCOME));
        assertThat(takeBound(trip, first, control)).isFalse();
        assertThatThrownBy(() -> takeBound(trip, second, control)).isInstanceOf(EcdysisException.class)
                .hasMessageContaining(why);
        trip.close();
    }

    private static boolean takeBound(InheritanceTrip trip, String name, boolean control) throws IOException {
        try (BoundSockets bound = trip.factory.bind(name, Tcp.of("127.0.0.1", 0))) {
            return trip.reader.take(new Incoming.Arrived(
                    new Message.Sockets(name, "stream", TCP, 0, 0, control, 1, 1),
                    List.of(trip.posix.duplicate(bound.sockets().getFirst()))));
        }
    }

    @Test
    void aKindThatIsNotKnown() throws Exception {
        refused("hands over listener dns (udp:*:53) as a socket of the kind 'datagram', which this version does not know",
                WELCOME, new Message.Sockets("dns", "datagram", "udp:*:53", 0, 0, false, 1, 1));
    }

    /// The kernel is asked, whatever the predecessor says.
    @ParameterizedTest
    @CsvSource({"2, 2, false, tcp:x, is a socket of type 2", "1, 5, true, unix:/x, is a socket of type 5",
        "2, 1, false, tcp:x, that does not listen", "1, 1, false, unix:/x, that does not listen",
        "2, 1, true, unix:/x, is of another kind"})
    void aSocketThatIsNotWhatItIsSaidToBe(int domain, int type, boolean listening, String address, String why)
            throws Exception {
        InheritanceTrip trip = new InheritanceTrip();
        trip.reader.take(arrived(trip.posix, WELCOME));
        Fd socket = type == 5 ? seqpacket(trip) : socket(trip.posix, domain, type, listening);
        assertThatThrownBy(() -> trip.reader.take(new Incoming.Arrived(
                new Message.Sockets("http", "stream", address, 0, 0, false, 1, 1), List.of(socket))))
                .isInstanceOf(EcdysisException.class).hasMessageContaining("http").hasMessageContaining(why);
        trip.close();
    }

    private static Fd seqpacket(InheritanceTrip trip) throws IOException {
        return trip.posix.socket(Linux.AF_UNIX, 5, 0);
    }

    @Test
    void whatIsNoSocket() throws Exception {
        InheritanceTrip trip = new InheritanceTrip();
        trip.reader.take(arrived(trip.posix, WELCOME));
        try (FdPair pipe = trip.posix.pipe2()) {
            Fd end = trip.posix.duplicate(pipe.first());
            assertThatThrownBy(() -> trip.reader.take(new Incoming.Arrived(sockets("http", 1, 1), List.of(end))))
                    .isInstanceOf(EcdysisException.class).hasMessageContaining("http").hasMessageContaining("ENOTSOCK");
        }
        trip.close();
    }
}
