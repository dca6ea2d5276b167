// SPDX-License-Identifier: Apache-2.0
package org.violin.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;

/** The records of the API as JSON: fields in the order of their declaration, maps sorted by key. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
    private static final ObjectWriter PRETTY = MAPPER.writerWithDefaultPrettyPrinter();

    private Json() {}

    static String pretty(Object value) throws JsonProcessingException {
        return PRETTY.writeValueAsString(value);
    }

    /** One line, for streams of values. */
    static String line(Object value) throws JsonProcessingException {
        return MAPPER.writeValueAsString(value);
    }

    static <T> T read(String text, Class<T> type) throws IOException {
        return MAPPER.readValue(text, type);
    }
}
