// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The stored form of specs and reports: JSON, gzipped, so that thousands of nodes fit one value of the shared state. */
final class Codec {
    /** Bound of what one stored value may unpack to. */
    static final int MAX_UNPACKED_BYTES = 64 << 20;

    private final ObjectMapper json = new ObjectMapper()
            .registerModule(new Jdk8Module())
            .setVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
            .setVisibility(PropertyAccessor.GETTER, Visibility.NONE)
            .setVisibility(PropertyAccessor.FIELD, Visibility.ANY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    byte[] pack(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            json.writeValue(zip, value);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    /** Throws IOException when the bytes are not of that type or unpack to more than {@link #MAX_UNPACKED_BYTES}. */
    <T> T unpack(byte[] packed, Class<T> type) throws IOException {
        try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            byte[] plain = zip.readNBytes(MAX_UNPACKED_BYTES + 1);
            if (plain.length > MAX_UNPACKED_BYTES) throw new IOException("a stored value unpacks to more than " + MAX_UNPACKED_BYTES + " bytes");
            return json.readValue(plain, type);
        }
    }
}
