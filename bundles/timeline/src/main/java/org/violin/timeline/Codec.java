// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.violin.api.model.Cidr;

/** Records as JSON; for the shared state gzipped and cut into values that it takes. Any thread. */
final class Codec {
    /** Of one part of a value, and how many there may be. */
    static final int PART_BYTES = 900_000;
    static final int MOST_PARTS = 32;
    private static final int MOST_UNPACKED = 256 << 20;

    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new Jdk8Module())
            .registerModule(new SimpleModule().addSerializer(Cidr.class, ToStringSerializer.instance))
            .setVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE).setVisibility(PropertyAccessor.GETTER, Visibility.NONE)
            .setVisibility(PropertyAccessor.FIELD, Visibility.ANY).enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Codec() {}

    static String pretty(Object value) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static String line(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static <T> T read(byte[] bytes, Class<T> type) throws IOException {
        return JSON.readValue(bytes, type);
    }

    static JsonNode tree(String text) throws IOException {
        return JSON.readTree(text);
    }

    /** Throws IOException when it needs more than {@link #MOST_PARTS}. */
    static List<byte[]> parts(Object value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            JSON.writeValue(zip, value);
        }
        byte[] all = out.toByteArray();
        List<byte[]> parts = new ArrayList<>();
        for (int at = 0; at < all.length; at += PART_BYTES) parts.add(Arrays.copyOfRange(all, at, Math.min(all.length, at + PART_BYTES)));
        if (parts.size() > MOST_PARTS) throw new IOException("takes " + all.length + " bytes; at most " + PART_BYTES * (long) MOST_PARTS + " fit");
        return parts;
    }

    static <T> T join(List<byte[]> parts, Class<T> type) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.write(part);
        try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(all.toByteArray()))) {
            byte[] plain = zip.readNBytes(MOST_UNPACKED + 1);
            if (plain.length > MOST_UNPACKED) throw new IOException("unpacks to more than " + MOST_UNPACKED + " bytes");
            return JSON.readValue(plain, type);
        }
    }
}
