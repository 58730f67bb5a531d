package dev.ecdysis.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldsTest {
    private static final byte[] BYTES = {0, (byte) 0xFF};

    @Test
    void givesBackWhatWasPutIn() throws WireException {
        Fields inner = Fields.builder().text("a", "b").build();
        Fields fields = Fields.builder().text("text", "ä").text("text", "").number("number", Long.MIN_VALUE)
                .bytes("bytes", BYTES).bytes("bytes", BYTES).fields("fields", inner)
                .fields("fields", Fields.EMPTY)
                .build();
        assertThat(fields.text("text")).isEqualTo("ä");
        assertThat(fields.texts("text")).containsExactly("ä", "");
        assertThat(fields.number("number")).isEqualTo(Long.MIN_VALUE);
        assertThat(fields.optionalNumber("number")).hasValue(Long.MIN_VALUE);
        assertThat(fields.bytes("bytes")).isEqualTo(BYTES);
        assertThat(fields.allBytes("bytes")).containsExactly(BYTES, BYTES);
        assertThat(fields.nested("fields")).containsExactly(inner, Fields.EMPTY);
        assertThat(fields).hasToString("[text:2, text:0, number:8, bytes:2, bytes:2, fields:6, fields:0]");
    }

    @Test
    void whatIsMissingIsEmptyOrAnError() throws WireException {
        Fields fields = Fields.EMPTY;
        assertThat(fields.optionalNumber("x")).isEmpty();
        assertThat(fields.texts("x")).isEmpty();
        assertThat(fields.allBytes("x")).isEmpty();
        assertThat(fields.nested("x")).isEmpty();
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> fields.text("x"))
                .withMessage("the field 'x' is missing");
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> fields.number("x"));
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> fields.bytes("x"));
    }

    @Test
    void refusesWhatIsNotUtf8() {
        for (String malformed : List.of("80", "c3", "c0af", "eda080", "f5808080")) {
            Fields fields = Fields.builder().bytes("x", HexFormat.of().parseHex(malformed)).build();
            assertThatExceptionOfType(WireException.class).isThrownBy(() -> fields.text("x"))
                    .withMessage("the field 'x' is not UTF-8");
            assertThatExceptionOfType(WireException.class).isThrownBy(() -> fields.texts("x"));
        }
    }

    @Test
    void nobodyCanChangeThem() throws WireException {
        byte[] mine = BYTES.clone();
        Fields fields = Fields.builder().bytes("x", mine).build();
        mine[0] = 1;
        fields.bytes("x")[0] = 1;
        fields.allBytes("x").getFirst()[0] = 1;
        assertThat(fields.bytes("x")).isEqualTo(BYTES);
    }

    @Test
    void areEqualByContentAndOrder() {
        Fields one = Fields.builder().text("a", "1").text("b", "2").build();
        Fields same = Fields.builder().bytes("a", new byte[] {'1'}).text("b", "2").build();
        Fields other = Fields.builder().text("b", "2").text("a", "1").build();
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(other);
    }
}
