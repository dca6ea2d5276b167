// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.violin.api.model.Refused;
import org.violin.timeline.Outcome.Event;

/** The folder of results of one run. */
final class Folder {
    private final Path folder;
    private final List<String> files = new ArrayList<>();

    Folder(Path folder) {
        this.folder = folder;
    }

    /** Makes it. Throws {@link Refused} when that cannot be, or something is in it. */
    void prepare() throws Refused {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) throw new Refused("run", folder.toString(), "is not empty; results want a folder of their own");
            }
            if (!Files.isWritable(folder)) throw new Refused("run", folder.toString(), "cannot be written");
        } catch (IOException e) {
            throw new Refused("run", folder.toString(), "cannot be made on this overlay host: " + e.getMessage());
        }
    }

    /** Takes it away again when nothing came of the run. */
    void drop() {
        try (Stream<Path> inside = Files.list(folder)) {
            if (inside.findAny().isEmpty()) Files.delete(folder);
        } catch (IOException e) {
            files.clear();
        }
    }

    /** Writes all; returns the files' names. */
    List<String> write(Outcome o, String version) throws IOException {
        text("report.html", Report.html(o, version));
        text("run.json", Codec.pretty(run(o, version)));
        text("spec.json", Codec.pretty(o.spec()));
        events(o);
        script(o);
        links(o);
        probes(o);
        for (Performance.Output out : o.outputs()) {
            text("outputs/" + out.name() + ".txt", out.text() + (out.cut() ? "\n[cut: more than " + Performers.MOST_OUTPUT + " bytes, or than there was room for]\n" : ""));
        }
        return List.copyOf(files);
    }

    private void text(String name, String text) throws IOException {
        try (Writer writer = writer(name)) {
            writer.write(text);
        }
    }

    private Writer writer(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        files.add(name);
        return Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    }

    private static Map<String, Object> run(Outcome o, String version) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("violin", o.spec().name());
        all.put("seed", o.score().seed());
        all.put("started", java.time.Instant.ofEpochMilli(o.startWallMillis()).toString());
        all.put("durationMillis", o.durationMillis());
        all.put("script", o.scriptDigest());
        all.put("version", version);
        Map<String, Object> hosts = new TreeMap<>();
        o.performances().forEach((host, p) -> {
            Map<String, Object> facts = new TreeMap<>(p.facts());
            facts.put("latestMicros", p.latestMicros());
            hosts.put(host, facts);
        });
        all.put("hosts", hosts);
        Map<String, String> placement = new TreeMap<>();
        o.score().parts().forEach((host, part) -> part.ports().keySet().forEach(port -> placement.put(port.substring(0, port.lastIndexOf(':')), host)));
        all.put("placement", placement);
        all.put("summaries", o.summaries());
        all.put("failures", o.failures());
        all.put("notes", o.notes());
        return all;
    }

    static String csv(Object... cells) {
        StringBuilder line = new StringBuilder();
        String comma = "";
        for (Object cell : cells) {
            String text = String.valueOf(cell);
            if (text.matches("(?s).*[\",\r\n].*")) text = '"' + text.replace("\"", "\"\"") + '"';
            line.append(comma).append(text);
            comma = ",";
        }
        return line.append('\n').toString();
    }

    private void events(Outcome o) throws IOException {
        try (Writer json = writer("events.jsonl"); Writer csv = writer("events.csv")) {
            csv.write(csv("at_ms", "late_ms", "after", "offset_ms", "line", "host", "action", "subject", "text", "failure"));
            for (Event e : o.events()) {
                String late = e.scripted() ? Args.plain(e.lateMicros() / 1000.0) : "";
                csv.write(csv(e.atMillis(), late, e.after(), e.offsetMillis(), e.line(), e.host(), e.action(), e.subject(), e.text(), e.failure()));
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("at", e.atMillis());
                if (e.scripted()) fields.put("lateMillis", e.lateMicros() / 1000.0);
                fields.put("scripted", e.scripted());
                if (!e.after().isEmpty()) {
                    fields.put("after", e.after());
                    fields.put("offset", e.offsetMillis());
                }
                fields.put("host", e.host());
                fields.put("action", e.action());
                fields.put("subject", e.subject());
                fields.put("text", e.text());
                if (e.line() > 0) fields.put("line", e.line());
                if (!e.failure().isEmpty()) fields.put("failure", e.failure());
                json.write(Codec.line(fields) + "\n");
            }
        }
    }

    /** What was to happen: the same file, byte for byte, in all runs of one violin file. */
    private void script(Outcome o) throws IOException {
        try (Writer csv = writer("script.csv")) {
            csv.write(csv("number", "after", "at_ms", "line", "action", "subject", "text"));
            for (Score.Cue c : o.score().cues()) {
                csv.write(csv(c.number(), c.base() == Score.START ? "" : o.score().waits().getOrDefault(c.base(), "step" + (c.base() + 1)), c.atMillis(), c.line(),
                        c.action(), c.subject(), c.text()));
            }
        }
    }

    private void links(Outcome o) throws IOException {
        try (Writer csv = writer("links.csv")) {
            csv.write(csv("link", "from", "to", "t_ms", "sent_frames", "sent_bytes", "sent_packets", "received_frames", "received_bytes", "received_packets", "dropped",
                    "set_delay_ms", "set_rate_bps", "set_loss_percent"));
            for (LinkSeries s : o.links()) {
                long[] dropped = s.dropped();
                for (int i = 0; i < s.millis().length; i++) {
                    csv.write(csv(s.link(), s.from(), s.to(), s.millis()[i], s.sent()[0][i], s.sent()[1][i], s.sent()[2][i], s.received()[0][i], s.received()[1][i],
                            s.received()[2][i], dropped[i], plain(s.delayMillis()[i]), plain(s.ratesBits()[i]), plain(s.lossPercent()[i])));
                }
            }
        }
        List<Map<String, Object>> all = new ArrayList<>();
        for (LinkSeries s : o.links()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("link", s.link());
            one.put("from", s.from());
            one.put("to", s.to());
            one.put("millis", s.millis());
            String[] names = {"Frames", "Bytes", "Packets"};
            for (int i = 0; i < names.length; i++) {
                one.put("sent" + names[i], s.sent()[i]);
                one.put("received" + names[i], s.received()[i]);
            }
            one.put("setDelayMillis", orNull(s.delayMillis()));
            one.put("setRateBits", orNull(s.ratesBits()));
            one.put("setLossPercent", orNull(s.lossPercent()));
            one.put("counters", s.counters());
            all.add(one);
        }
        text("links.json", Codec.line(all) + "\n");
    }

    private static String plain(double value) {
        return Double.isNaN(value) ? "" : Args.plain(value);
    }

    private static List<Double> orNull(double[] values) {
        List<Double> all = new ArrayList<>();
        for (double v : values) all.add(Double.isNaN(v) ? null : v);
        return all;
    }

    private void probes(Outcome o) throws IOException {
        List<Map<String, Object>> all = new ArrayList<>();
        try (Writer csv = writer("pings.csv")) {
            csv.write(csv("probe", "from", "to", "sent_ms", "rtt_ms"));
            for (Performance.PingData d : o.pings()) {
                List<Pings.Ping> list = Outcome.list(d);
                for (Pings.Ping p : list) csv.write(csv(d.probe(), d.from(), d.to(), p.sentMicros() / 1000.0, p.rttMicros() < 0 ? "" : p.rttMicros() / 1000.0));
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("kind", "ping");
                one.put("from", d.from());
                one.put("to", d.to());
                one.put("notKept", d.left());
                one.put("outages", Pings.outages(list));
                one.put("buckets", Pings.buckets(list, Pings.BUCKET_MICROS));
                all.add(one);
            }
        }
        for (Performance p : o.performances().values()) {
            for (Performance.MatrixData m : p.matrices()) all.add(new TreeMap<>(Map.of("kind", "matrix", "from", m.from(), "rttMillis", m.rtts())));
        }
        for (Flow f : o.flows()) {
            Map<String, Object> one = new LinkedHashMap<>(f.summary());
            one.put("seconds", f.seconds());
            one.put("bitsPerSecond", f.bitsPerSecond());
            all.add(one);
        }
        for (Performance p : o.performances().values()) {
            for (Performance.FlowData f : p.flows()) text("outputs/iperf-" + (f.probe() + 1) + ".json", f.json());
        }
        text("probes.json", Codec.pretty(all));
    }
}
