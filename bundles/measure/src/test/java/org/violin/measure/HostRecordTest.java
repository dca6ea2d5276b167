// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostRecordTest {
    private static final long NOW = 5_000_000_000L;
    private static final Entry ENTRY = new Entry(1234, 1200, 0.25, 0.001, 99.5, 100, 3, NOW - 2_000_000_000L);

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static HostRecord line(String line) {
        return HostRecord.read(text("violin-measure 1\nhost a 7\n" + line + "\n"), NOW);
    }

    @Test
    void what_is_written_can_be_read() {
        HostRecord read = HostRecord.read(HostRecord.write("a", -7, Map.of("b", ENTRY), NOW), NOW);
        assertEquals(new HostRecord("a", -7, Map.of("b", ENTRY), 0), read);
    }

    @Test
    void ages_travel_so_clocks_need_not_agree() {
        HostRecord read = HostRecord.read(HostRecord.write("a", 7, Map.of("b", ENTRY), NOW), 77);
        assertEquals(77 - 2_000_000_000L, read.entries().get("b").atNanos());
    }

    @Test
    void of_many_paths_the_youngest_are_told() {
        Map<String, Entry> many = new HashMap<>();
        for (int i = 0; i < 490; i++) many.put("host" + i, new Entry(1e6, 1e6, .5, .5, 1e4, 1L << 40, 1 << 30, NOW - i * 1_000_000_000L));
        byte[] record = HostRecord.write("a", 7, many, NOW);
        assertTrue(record.length < HostRecord.MAX_BYTES, record.length + " bytes");
        HostRecord read = HostRecord.read(record, NOW);
        assertEquals(HostRecord.MOST, read.entries().size());
        assertTrue(read.entries().containsKey("host0") && !read.entries().containsKey("host64"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "b NaN 1200 0 0 0 1 0 0", "b 1 NaN 0 0 0 1 0 0", "b 0 1 0 0 0 1 0 0", "b -5 1 0 0 0 1 0 0", "b 1 60000001 0 0 0 1 0 0",
        "b Infinity 1 0 0 0 1 0 0", "b 1 1 1.01 0 0 1 0 0", "b 1 1 0 -0.1 0 1 0 0", "b 1 1 0 NaN 0 1 0 0", "b 1 1 0 0 -1 1 0 0",
        "b 1 1 0 0 NaN 1 0 0", "b 1 1 0 0 1e9 1 0 0", "b 1 1 0 0 0 1 2 0", "b 1 1 0 0 0 -1 0 0", "b 1 1 0 0 0 1 0 -1",
        "b 1 1 0 0 0 1 0 999999999999999", "b 1 1 0 0 0 1 0", "b 1 1 0 0 0 1 0 0 0", "b x 1 0 0 0 1 0 0", "", "a 1 1 0 0 0 1 0 0"})
    void a_line_that_cannot_be_is_counted_and_left_out(String line) {
        HostRecord read = line(line + "\nc 1 1 0 0 0 1 0 0");
        assertEquals(1, read.refused());
        assertEquals(java.util.Set.of("c"), read.entries().keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "violin-measure 2\nhost a 7\n", "violin-measure 1\nhost a\n", "violin-measure 1\nhost a x\n", "violin-measure 1\n", "\n\n"})
    void what_is_no_record_is_none(String text) {
        assertNull(HostRecord.read(text(text), NOW));
    }

    @Test
    void one_that_is_too_long_is_not_looked_at() {
        assertNull(HostRecord.read(new byte[HostRecord.MAX_BYTES + 1], NOW));
    }

    @Test
    void bytes_that_were_changed_never_throw_and_never_give_unsound_figures() {
        long seed = 7;
        Random random = new Random(seed);
        byte[] good = HostRecord.write("a", 7, Map.of("b", ENTRY, "c", ENTRY), NOW);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int k = random.nextInt(4); k >= 0; k--) bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            HostRecord read = HostRecord.read(bad, NOW);
            if (read != null) assertTrue(read.entries().values().stream().allMatch(Entry::sound), "seed " + seed + ", turn " + i);
        }
    }

    @Test
    void publications_are_rare_and_rarer_with_many_hosts() {
        long second = 1_000_000_000L;
        Publication p = new Publication(5 * second, 60 * second);
        Map<String, Entry> same = Map.of("b", ENTRY);
        Map<String, Entry> other = Map.of("b", new Entry(5000, 5000, 0, 0, 0, 0, 0, NOW));
        assertFalse(p.due(Map.of(), 3, 500, 0), "nothing is known");
        assertTrue(p.due(same, 3, 500, 0));
        p.done(same, 0);
        assertFalse(p.due(same, 3, 500, 59 * second));
        assertTrue(p.due(same, 3, 500, 60 * second), "ages are refreshed");
        assertFalse(p.due(other, 3, 500, 4 * second), "too soon");
        assertTrue(p.due(other, 3, 500, 5 * second));
        assertFalse(p.due(other, 490, 4000, 960 * second), "490 hosts that read 490 records of 4 kB: 1 MB/s");
        assertTrue(p.due(other, 490, 4000, 961 * second));
        p.lost();
        assertTrue(p.due(same, 490, 4000, 5 * second), "the record is gone");
        Entry near = new Entry(1290, 1290, 0.27, 0.0109, 110, 900, 20, NOW);
        assertFalse(Publication.changed(ENTRY, near), "within the hysteresis");
        assertTrue(Publication.changed(ENTRY, new Entry(1234, 1200, 1, 0.001, 99.5, 100, 3, NOW)));
    }
}
