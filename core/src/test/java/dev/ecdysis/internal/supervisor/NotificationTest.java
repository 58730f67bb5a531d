package dev.ecdysis.internal.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a datagram says.
class NotificationTest {
    private static Notification parse(String text) {
        return Notification.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whoServesAndWhetherItStays() {
        Notification said = parse("MAINPID=12\nREADY=1\n");
        assertThat(said.mainPid()).hasValue(12);
        assertThat(said.ready()).isTrue();
        assertThat(said.stopping()).isFalse();
        assertThat(parse("STOPPING=1").stopping()).isTrue();
    }

    @Test
    void whatTheServiceSaysOfItselfIsPassedOnAndNothingElse() {
        assertThat(parse("MAINPID=12\nREADY=1\nSTATUS=all is well\nFDSTORE=1\nWATCHDOG=1\nX_MINE=1\nBARRIER=1")
                .passedOn()).containsExactly("READY=1", "STATUS=all is well", "WATCHDOG=1");
        assertThat(parse("STATUS=a\u001b[2Jb").passedOn()).as("with a control character").isEmpty();
    }

    @Test
    void garbageNamesNobody() {
        for (String text : new String[] {"", "\n\n", "MAINPID", "MAINPID=", "MAINPID=x", "MAINPID=-1", "MAINPID=0",
            "MAINPID=99999999999", "MAINPID=1 2", " MAINPID=12", "mainpid=12", "XMAINPID=12", "READY=0", "READY=11",
            "=", "\0MAINPID=12"}) {
            Notification said = parse(text);
            assertThat(said.mainPid()).as(text).isEmpty();
            assertThat(said.ready()).as(text).isFalse();
        }
    }

    @Test
    void anyBytesAreParsed() {
        Random random = new Random(1);
        byte[] bytes = new byte[Notification.MOST_BYTES];
        for (int i = 0; i < 200; i++) {
            random.nextBytes(bytes);
            assertThat(Notification.parse(ByteBuffer.wrap(bytes)).mainPid()).isEmpty();
        }
    }
}
