package dev.ecdysis.cli;

import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/// One JSON object on one line.
///
/// What is not ASCII is escaped: C1 control characters, which JSON itself lets through, are commands to some
/// terminals, and the text survives whatever character set the locale names.
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private Json() {
    }

    static String write(Object value) {
        return MAPPER.writeValueAsString(value).replace("\u007f", "\\u007f");
    }
}
