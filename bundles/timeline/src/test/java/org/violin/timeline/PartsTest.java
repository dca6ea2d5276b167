// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.model.PortId;
import org.violin.timeline.Pings.Bucket;
import org.violin.timeline.Pings.Outage;
import org.violin.timeline.Pings.Ping;

/** The small pure parts. */
class PartsTest {
    @TempDir
    Path folder;

    private static PortStatus port(long frames, long held) {
        return new PortStatus(PortId.of("net", "a", "eth1"), false, 1, "", true, frames, 0, 0, 0, Map.of("held-bytes", held), Map.of("lost", frames / 2));
    }

    @Test
    void pings_are_read_with_the_moment_they_were_sent() {
        Pings pings = new Pings(200, 1_000_000);
        for (String line : List.of("[1000.30400] 10.0.0.1 : [0], 64 bytes, 4.00 ms (4.00 avg, 0% loss)", "ICMP Host Unreachable from 10.0.0.9 for ICMP Echo sent to 10.0.0.1",
                "[1001.50000] 10.0.0.1 : [1], timed out (NaN avg, 50% loss)", "[1001.30500] 10.0.0.1 : [5], 64 bytes, 5.00 ms (4.50 avg, 60% loss)", "rubbish")) {
            pings.line(line);
        }
        List<Ping> all = pings.all();
        assertEquals(List.of(new Ping(300_000, 4000), new Ping(500_000, -1), new Ping(700_000, -1), new Ping(900_000, -1), new Ping(1_100_000, -1),
                new Ping(1_300_000, 5000)), all, "those that could not be sent are lost");
        assertEquals(List.of(new Outage(500_000, 1_300_000, 4)), Pings.outages(all));
        assertEquals(List.of(new Bucket(0, 2, 1), new Bucket(500, 3, 3), new Bucket(1000, 1, 0)), Pings.buckets(List.of(new Ping(1, 1), new Ping(400_000, -1),
                new Ping(500_000, -1), new Ping(600_000, -1), new Ping(999_999, -1), new Ping(1_300_000, 5000)), 500_000));
        assertEquals(List.of(new Outage(5, -1, 1)), Pings.outages(List.of(new Ping(1, 1), new Ping(5, -1))), "until the end");
    }

    @Test
    void samples_are_differences_and_gauges_are_not() {
        Series series = new Series();
        series.baseline(List.of(port(100, 5)));
        series.sample(1000, List.of(port(130, 7)));
        series.sample(2000, List.of(port(130, 0)));
        series.sample(3000, List.of(port(10, 3)));
        Series.Data data = series.data();
        assertArrayEquals(new long[] {30, 0, 10}, data.ports().get("a:eth1").get("frames-in"), "a counter that fell began anew");
        assertArrayEquals(new long[] {7, 0, 3}, data.ports().get("a:eth1").get("held-bytes"));
        assertArrayEquals(new long[] {15, 0, 5}, data.ports().get("a:eth1").get("drop-lost"));
    }

    @Test
    void too_many_samples_become_half_as_many_and_nothing_is_lost() {
        Series series = new Series(40);
        series.baseline(List.of(port(0, 0)));
        for (int i = 1; i <= 101; i++) series.sample(i * 1000, List.of(port(i * 4L, i)));
        Series.Data data = series.data();
        assertTrue(data.doublings() > 1 && data.micros().size() < 40, data.micros().size() + " samples");
        assertEquals(101_000, data.micros().get(data.micros().size() - 1));
        long sum = 0;
        for (long v : data.ports().get("a:eth1").get("frames-in")) sum += v;
        assertEquals(404, sum);
    }

    @Test
    void values_travel_in_parts() throws IOException {
        java.util.Random random = new java.util.Random(1);
        long[] noise = random.longs(400_000).toArray();
        List<byte[]> parts = Codec.parts(noise);
        assertTrue(parts.size() > 1 && parts.stream().allMatch(p -> p.length <= 1_000_000), parts.size() + " parts");
        assertArrayEquals(noise, Codec.join(parts, long[].class));
        assertThrows(IOException.class, () -> Codec.join(parts.subList(0, 1), long[].class));
    }

    @Test
    void scores_and_performances_survive_the_way() throws Exception {
        Score score = Net.score(0, Net.named("x", "", 5, "run", "node", "a", "command", "true"), Net.named("", "x", 5, "cut", "links", Net.AR));
        assertEquals(score, Codec.join(Codec.parts(score), Score.class));
        Performance p = new Performance("h", List.of(new Performance.Done(0, 1, 2, "")), List.of(), Series.Data.NONE, List.of(new Performance.Laid(1, "a:b", "delay", Double.NaN)),
                List.of(), List.of(), List.of(), List.of(), List.of("f"), 3, Map.of("k", "v"));
        Performance back = Codec.join(Codec.parts(p), Performance.class);
        assertEquals(p, back);
    }

    @Test
    void traces_are_lines_matrices_folders_and_archives() throws IOException {
        Traces traces = new Traces(folder);
        Files.writeString(folder.resolve("lines"), "# ms\n1.5\n\n2\n");
        assertEquals(List.of(1.5, 2.0), traces.read("lines", 0, 0));
        Files.writeString(folder.resolve("two"), "0 1\n2 0\n\n0 3\n4 0\n");
        assertEquals(List.of(2.0, 4.0), traces.read("two", 2, 1), "two matrices, one after the other");
        Files.createDirectories(folder.resolve("many"));
        for (int i : new int[] {1, 2, 10}) Files.write(folder.resolve("many/slice_" + i), gzip("0," + i + "\n" + i * 10 + ",0\n"));
        assertEquals(List.of(1.0, 2.0, 10.0), traces.read("many", 1, 2), "in the order of the numbers");
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        for (int i = 12; i > 8; i--) tar.write(entry("s" + i, "0 " + i + "\n0 0\n"));
        tar.write(new byte[1024]);
        Files.write(folder.resolve("all.tar.gz"), gzip(tar.toByteArray()));
        assertEquals(List.of(9.0, 10.0, 11.0, 12.0), traces.read("all.tar.gz", 1, 2));
    }

    @Test
    void traces_that_cannot_be_read_are_told() throws IOException {
        Traces traces = new Traces(folder);
        Files.writeString(folder.resolve("bad"), "1\nx\n");
        Files.write(folder.resolve("short.tar"), java.util.Arrays.copyOf(entry("a", "12345"), 513));
        for (String[] each : new String[][] {{"../etc", "outside"}, {"none", "no such file"}, {"bad", "bad:2: 'x' is no number"}, {"short.tar", "ends too early"}}) {
            String said = assertThrows(IOException.class, () -> traces.read(each[0], 0, 0)).getMessage();
            assertTrue(said.contains(each[1]), said);
        }
        Files.writeString(folder.resolve("m"), "1 2\n3 4\n");
        assertThrows(IOException.class, () -> traces.read("m", 3, 1));
        assertThrows(IOException.class, () -> traces.read("m", 1, 3));
    }

    private static byte[] entry(String name, String text) {
        byte[] body = text.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[1024];
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, all, 0, name.length());
        System.arraycopy(String.format("%011o", body.length).getBytes(StandardCharsets.US_ASCII), 0, all, 124, 11);
        all[156] = '0';
        System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, all, 257, 5);
        System.arraycopy(body, 0, all, 512, body.length);
        return all;
    }

    private static byte[] gzip(String text) throws IOException {
        return gzip(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void a_flow_says_what_arrived() {
        Flow udp = Flow.of(new Performance.FlowData(1, "a", "b", true, "{\"intervals\":[],\"server_output_json\":{\"intervals\":[{\"sum\":{\"end\":1,\"bits_per_second\":5}}]},"
                + "\"end\":{\"sum\":{\"bits_per_second\":1000000,\"lost_percent\":10,\"jitter_ms\":0.5}}}"));
        assertEquals(List.of(5.0), udp.bitsPerSecond());
        assertEquals(900_000, udp.meanBitsPerSecond(), 1);
        assertEquals("unable to connect", Flow.of(new Performance.FlowData(1, "a", "b", false, "{\"error\":\"unable to connect\"}")).error());
        assertEquals("no JSON came from iperf3", Flow.of(new Performance.FlowData(1, "a", "b", false, "oops")).error());
    }

    @Test
    void plots_and_cells_are_escaped_and_short() throws Exception {
        double[] t = new double[50_000];
        double[] v = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            t[i] = i;
            v[i] = i % 100 == 7 ? Double.NaN : Math.sin(i) + 1;
        }
        String svg = new Plot(100, t.length, "ms").line("<a & b>", t, v, false).line("c", t, v, true).band(5, 9, "\"x\"").mark(5, "'y'").svg("<&>");
        RunsTest.wellFormed("<div>" + svg + "</div>");
        assertTrue(svg.length() < 200_000, svg.length() + " characters");
        assertEquals("1.23M 0 15 999 2k", Plot.si(1_230_000) + " " + Plot.si(0) + " " + Plot.si(15) + " " + Plot.si(999) + " " + Plot.si(2000));
        assertEquals("1,\"a,b\",\"say \"\"x\"\"\",\n", Folder.csv(1, "a,b", "say \"x\"", ""));
    }
}
