// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.violin.timeline.Outcome.Event;

/** The page about a run: one file that needs no other, light or dark as the reader's system is. All names are escaped. Pure. */
final class Report {
    private static final int MOST_LINKS = 60;
    private static final int MOST_EVENTS = 2_000;
    private static final int MOST_MARKS = 200;
    private static final int MOST_OUTPUT = 8_000;
    private static final String STYLE = """
            :root { color-scheme: light dark; --bg: #fbfbf9; --card: #fff; --fg: #1c2430; --dim: #6b7684; --rule: #dfe3e8; --bad: #c0392b; --good: #1e8449;
              --c0: #1f6feb; --c1: #d9730d; --c2: #8250df; --c3: #1a7f5a; --c4: #bf3989; --c5: #6b7684; --band: #c0392b22; --mark: #8a94a155; }
            @media (prefers-color-scheme: dark) { :root { --bg: #12161c; --card: #1a2029; --fg: #e4e9f0; --dim: #93a0b0; --rule: #2d3644; --bad: #ff7b6b; --good: #5fd394;
              --c0: #6cb2ff; --c1: #ffab5e; --c2: #c39bff; --c3: #5fd3a5; --c4: #ff8cc6; --c5: #93a0b0; --band: #ff7b6b2e; --mark: #93a0b055; } }
            * { box-sizing: border-box; }
            body { margin: 0; background: var(--bg); color: var(--fg); font: 15px/1.5 system-ui, sans-serif; }
            main { max-width: 1040px; margin: 0 auto; padding: 28px 20px 60px; }
            h1 { font-size: 30px; margin: 0; letter-spacing: -0.02em; } h2 { font-size: 19px; margin: 36px 0 10px; } h3 { font-size: 15px; margin: 18px 0 4px; }
            .sub, .note { color: var(--dim); } .sub { margin: 4px 0 20px; }
            .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 0; }
            .facts div, .card { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 10px 14px; }
            .facts dt { color: var(--dim); font-size: 12px; text-transform: uppercase; letter-spacing: 0.06em; } .facts dd { margin: 0; font-size: 19px; font-variant-numeric: tabular-nums; }
            .card { margin: 10px 0; overflow-x: auto; }
            table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
            th { text-align: left; color: var(--dim); font-weight: 500; } th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
            tr:last-child td { border-bottom: 0; } .bad { color: var(--bad); } .good { color: var(--good); }
            .plot { width: 100%; height: auto; display: block; } .grid { stroke: var(--rule); } .tick { fill: var(--dim); font-size: 11px; }
            .mark { stroke: var(--mark); stroke-width: 2; } .mark:hover { stroke: var(--fg); } .band { fill: var(--band); }
            .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; }
            .c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
            .key { margin: 2px 0 0 64px; font-size: 13px; } .k0 { color: var(--c0); } .k1 { color: var(--c1); } .k2 { color: var(--c2); } .k3 { color: var(--c3); } .k4 { color: var(--c4); } .k5 { color: var(--c5); }
            .key span::before { content: "\\2014\\00a0"; } .key span { margin-right: 14px; }
            .dot { fill: var(--c0); } .dot.obs { fill: var(--c5); } .dot.err { fill: var(--bad); }
            pre { margin: 0; white-space: pre-wrap; font: 12.5px/1.45 ui-monospace, monospace; } summary { cursor: pointer; } footer { margin-top: 40px; color: var(--dim); font-size: 13px; }
            """;

    private final Outcome o;
    private final StringBuilder page = new StringBuilder();

    private Report(Outcome o) {
        this.o = o;
    }

    static String escape(String text) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> s.append("&amp;");
                case '<' -> s.append("&lt;");
                case '>' -> s.append("&gt;");
                case '"' -> s.append("&quot;");
                case '\'' -> s.append("&#39;");
                default -> s.append(c < ' ' && c != '\n' && c != '\t' || Character.isSurrogate(c) ? '\ufffd' : c);
            }
        }
        return s.toString();
    }

    static String html(Outcome o, String version) {
        Report r = new Report(o);
        r.head();
        r.summaries();
        r.events();
        r.pings();
        r.flows();
        r.links();
        r.outputs();
        r.page.append("<footer>VIOLIN ").append(escape(version)).append(" \u00b7 seed ").append(o.score().seed()).append(" \u00b7 script ")
                .append(o.scriptDigest(), 0, 16).append("; figures in links.csv, pings.csv, events.csv and the JSON files beside this page</footer></main></body></html>\n");
        return r.page.toString();
    }

    private void head() {
        String name = escape(o.spec().name());
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><title>")
                .append(name).append(": experiment</title><style>\n").append(STYLE).append("</style></head><body><main>\n<h1>").append(name).append("</h1><p class=\"sub\">")
                .append(escape(java.time.Instant.ofEpochMilli(o.startWallMillis()).toString())).append(" on ").append(escape(String.join(", ", o.performances().keySet())))
                .append("</p>\n<dl class=\"facts\">");
        fact("Duration", Outcome.number(o.durationMillis() / 1000.0) + " s");
        fact("Nodes, vLinks", o.spec().nodes().size() + ", " + o.spec().links().size());
        fact("Events", "" + o.events().stream().filter(Event::scripted).count());
        fact("Latest event", Outcome.number(o.events().stream().mapToLong(Event::lateMicros).max().orElse(0) / 1000.0) + " ms");
        fact("Seed", "" + o.score().seed());
        page.append("<div><dt>Result</dt><dd class=\"").append(o.failures().isEmpty() ? "good\">all well" : "bad\">" + o.failures().size() + " failed").append("</dd></div></dl>\n");
        if (!o.failures().isEmpty()) list("Failures", o.failures(), "bad");
        if (!o.notes().isEmpty()) list("Notes", o.notes(), "note");
    }

    private void fact(String name, String value) {
        page.append("<div><dt>").append(escape(name)).append("</dt><dd>").append(escape(value)).append("</dd></div>");
    }

    private void list(String title, List<String> lines, String style) {
        page.append("<h2>").append(title).append("</h2><div class=\"card ").append(style).append("\">");
        lines.forEach(l -> page.append("<div>").append(escape(l)).append("</div>"));
        page.append("</div>\n");
    }

    private void summaries() {
        if (o.summaries().isEmpty()) return;
        page.append("<h2>Results</h2><div class=\"card\"><table><tr><th>what</th><th>subject</th><th>figures</th></tr>");
        for (Map<String, String> row : o.summaries()) {
            Map<String, String> rest = new LinkedHashMap<>(row);
            page.append("<tr><td>").append(escape(String.valueOf(rest.remove("kind")))).append("</td><td>").append(escape(String.valueOf(rest.remove("subject")))).append("</td><td>");
            String comma = "";
            for (Map.Entry<String, String> e : rest.entrySet()) {
                page.append(comma).append("<span class=\"note\">").append(escape(e.getKey())).append("</span> ").append(escape(e.getValue()));
                comma = " &#183; ";
            }
            page.append("</td></tr>");
        }
        page.append("</table></div>\n");
    }

    private void marks(Plot plot, String touching) {
        int n = 0;
        for (Event e : o.events()) {
            boolean near = touching.isEmpty() || e.subject().contains(touching) || !e.subject().contains("--");
            if (e.scripted() && near && n++ < MOST_MARKS) plot.mark(e.atMillis(), text(e));
        }
    }

    private static String text(Event e) {
        return Outcome.number(e.atMillis() / 1000.0) + " s: " + e.action() + " " + e.subject() + (e.text().isEmpty() ? "" : " " + e.text());
    }

    private void events() {
        if (o.events().isEmpty()) return;
        page.append("<h2>Events</h2><div class=\"card\">").append(strip()).append("<details><summary>").append(o.events().size())
                .append(" events</summary><table><tr><th>at, s</th><th>late, ms</th><th>host</th><th>action</th><th>subject</th><th></th></tr>");
        for (Event e : o.events().subList(0, Math.min(MOST_EVENTS, o.events().size()))) {
            page.append("<tr").append(e.failure().isEmpty() ? "" : " class=\"bad\"").append("><td>").append(Outcome.number(e.atMillis() / 1000.0)).append("</td><td>")
                    .append(e.scripted() ? Outcome.number(e.lateMicros() / 1000.0) : "").append("</td><td>").append(escape(e.host())).append("</td><td>")
                    .append(escape(e.action())).append("</td><td>").append(escape(e.subject())).append("</td><td>").append(escape(e.text()))
                    .append(e.after().isEmpty() ? "" : " <span class=\"note\">" + e.offsetMillis() + " ms after " + escape(e.after()) + "</span>")
                    .append(e.failure().isEmpty() ? "" : " " + escape(e.failure())).append("</td></tr>");
        }
        page.append("</table>").append(o.events().size() > MOST_EVENTS ? "<p class=\"note\">more in events.csv</p>" : "").append("</details></div>\n");
    }

    /** One row of dots for each kind of action. */
    private String strip() {
        List<String> actions = o.events().stream().map(Event::action).distinct().limit(24).toList();
        int height = actions.size() * 20 + 30;
        double last = Math.max(1, o.durationMillis());
        StringBuilder s = new StringBuilder("<svg class=\"plot\" role=\"img\" aria-label=\"events over time\" viewBox=\"0 0 940 " + height + "\">");
        for (int i = 0; i < actions.size(); i++) {
            int y = 14 + i * 20;
            s.append("<text class=\"tick\" x=\"96\" text-anchor=\"end\" y=\"").append(y + 4).append("\">").append(escape(actions.get(i))).append("</text><line class=\"grid\" x1=\"106\" x2=\"928\" y1=\"")
                    .append(y).append("\" y2=\"").append(y).append("\"/>");
            for (Event e : o.events().subList(0, Math.min(MOST_EVENTS, o.events().size()))) {
                if (!e.action().equals(actions.get(i))) continue;
                double x = 106 + Math.min(1, e.atMillis() / last) * 822;
                s.append("<circle class=\"dot").append(e.failure().isEmpty() ? e.scripted() ? "" : " obs" : " err").append("\" r=\"4\" cx=\"").append(String.format(java.util.Locale.ROOT, "%.1f", x))
                        .append("\" cy=\"").append(y).append("\"><title>").append(escape(text(e))).append("</title></circle>");
            }
        }
        for (int i = 0; i <= 10; i++) {
            s.append("<text class=\"tick\" text-anchor=\"middle\" x=\"").append(106 + i * 82).append("\" y=\"").append(height - 6).append("\">").append(Plot.si(last / 1000 * i / 10)).append(" s</text>");
        }
        return s.append("</svg>").toString();
    }

    private void pings() {
        if (o.pings().isEmpty()) return;
        page.append("<h2>Reachability</h2>");
        for (Performance.PingData d : o.pings()) {
            List<Pings.Ping> all = Outcome.list(d);
            List<Pings.Outage> outages = Pings.outages(all);
            double[] t = all.stream().mapToDouble(p -> p.sentMicros() / 1000.0).toArray();
            double[] rtt = all.stream().mapToDouble(p -> p.rttMicros() < 0 ? Double.NaN : p.rttMicros() / 1000.0).toArray();
            Plot plot = new Plot(180, o.durationMillis(), "ms").line("round trip", t, rtt, false);
            List<String> words = new ArrayList<>();
            for (Pings.Outage out : outages) {
                double end = out.endMicros() < 0 ? o.durationMillis() : out.endMicros() / 1000.0;
                String text = "no answer from " + Outcome.number(out.beginMicros() / 1e6) + " s to " + (out.endMicros() < 0 ? "the end" : Outcome.number(end / 1000) + " s") + ": "
                        + Outcome.number(end - out.beginMicros() / 1000.0) + " ms, " + out.lost() + " lost";
                plot.band(out.beginMicros() / 1000.0, end, text);
                words.add(text);
            }
            marks(plot, "");
            page.append("<div class=\"card\"><h3>").append(escape(d.from())).append(" &#8594; ").append(escape(d.to())).append("</h3>").append(plot.svg("round trip from " + d.from() + " to " + d.to()));
            page.append("<p class=\"note\">").append(words.isEmpty() ? "always reachable" : escape(String.join("; ", words.subList(0, Math.min(20, words.size()))))
                    + (words.size() > 20 ? "; ..." : "")).append("</p></div>\n");
        }
    }

    private void flows() {
        if (o.flows().isEmpty()) return;
        page.append("<h2>Flows</h2>");
        for (Flow f : o.flows()) {
            double begin = o.spec().timeline().probes().get(f.probe()).atMillis();
            double[] t = f.seconds().stream().mapToDouble(s -> begin + s * 1000).toArray();
            Plot plot = new Plot(180, o.durationMillis(), "bit/s").line("received", t, f.bitsPerSecond().stream().mapToDouble(d -> d).toArray(), false);
            marks(plot, "");
            Map<String, String> rest = new LinkedHashMap<>(f.summary());
            rest.remove("kind");
            page.append("<div class=\"card\"><h3>").append(escape(rest.remove("subject"))).append("</h3>").append(plot.svg("rate of the flow")).append("<p class=\"note\">")
                    .append(escape(rest.toString().replaceAll("[{}]", "").replace("=", " "))).append("</p></div>\n");
        }
    }

    private void links() {
        List<LinkSeries> all = new ArrayList<>(o.links());
        all.removeIf(s -> Arrays.stream(s.sent()[1]).sum() + Arrays.stream(s.received()[1]).sum() == 0 && !set(s));
        if (all.isEmpty()) return;
        page.append("<h2>vLinks</h2>");
        Map<String, List<LinkSeries>> byLink = new LinkedHashMap<>();
        all.forEach(s -> byLink.computeIfAbsent(s.link(), k -> new ArrayList<>()).add(s));
        int n = 0;
        for (Map.Entry<String, List<LinkSeries>> e : byLink.entrySet()) {
            if (n++ >= MOST_LINKS) {
                page.append("<p class=\"note\">").append(byLink.size() - MOST_LINKS).append(" more in links.csv</p>");
                return;
            }
            link(e.getKey(), e.getValue());
        }
    }

    private static boolean set(LinkSeries s) {
        return Arrays.stream(s.delayMillis()).anyMatch(v -> v > 0) || Arrays.stream(s.lossPercent()).anyMatch(v -> v > 0);
    }

    private void link(String key, List<LinkSeries> both) {
        Plot rate = new Plot(150, o.durationMillis(), "bit/s");
        Plot loss = new Plot(110, o.durationMillis(), "%");
        Plot delay = new Plot(110, o.durationMillis(), "ms");
        boolean lossy = false;
        boolean delayed = false;
        for (LinkSeries s : both) {
            int n = s.millis().length;
            double[] t = new double[n];
            double[] bits = new double[n];
            double[] lost = new double[n];
            for (int i = 0; i < n; i++) {
                double length = i == 0 ? s.millis()[0] : s.millis()[i] - s.millis()[i - 1];
                t[i] = s.millis()[i] - length / 2;
                bits[i] = s.received()[1][i] * 8000.0 / Math.max(1, length);
                long sent = s.sent()[2][i] > 0 ? s.sent()[2][i] : s.sent()[0][i];
                long got = s.received()[2][i] > 0 ? s.received()[2][i] : s.received()[0][i];
                lost[i] = sent == 0 ? Double.NaN : Math.max(0, 100.0 * (sent - got) / sent);
                lossy |= lost[i] > 0;
                delayed |= s.delayMillis()[i] > 0;
            }
            String name = s.from() + " to " + s.to();
            rate.line(name, t, bits, false);
            loss.line(name, t, lost, false);
            delay.line(name, t, s.delayMillis(), true);
        }
        page.append("<div class=\"card\"><h3>").append(escape(key)).append("</h3><p class=\"note\">received</p>");
        marks(rate, key);
        page.append(rate.svg("rate of " + key));
        if (lossy) page.append("<p class=\"note\">lost on the way</p>").append(loss.svg("loss of " + key));
        if (delayed) page.append("<p class=\"note\">delay as set</p>").append(delay.svg("delay of " + key));
        page.append("</div>\n");
    }

    private void outputs() {
        if (o.outputs().isEmpty()) return;
        page.append("<h2>Outputs</h2>");
        for (Performance.Output out : o.outputs()) {
            String text = out.text().substring(0, Math.min(MOST_OUTPUT, out.text().length()));
            page.append("<details class=\"card\"><summary>").append(escape(out.node())).append(": ").append(escape(out.name())).append(" <span class=\"note\">status ").append(out.status())
                    .append("</span></summary><pre>$ ").append(escape(out.command())).append("\n").append(escape(text)).append("</pre>")
                    .append(text.length() < out.text().length() ? "<p class=\"note\">more in outputs/" + escape(out.name()) + ".txt</p>" : "").append("</details>\n");
        }
    }
}
