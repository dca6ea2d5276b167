// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.violin.api.model.Timeline;
import org.violin.api.model.ViolinSpec;

/** Works one probe out into what is run in which guest. */
final class Probes {
    static final int MOST_TARGETS = 1_000;
    /** The server of a flow listens so long before its client calls. */
    static final long SERVER_AHEAD_MILLIS = 500;
    private static final int FIRST_PORT = 5201;
    /** Pings that the matrix sends to each, and how long it waits for answers, ms. */
    private static final int MATRIX_PINGS = 3;
    private static final int MATRIX_TIMEOUT = 2000;

    private final Composer composer;
    private final ViolinSpec spec;
    private final int number;
    private final Timeline.Probe probe;
    private final Args a;
    private final long end;

    /** @param end of the experiment, ms; -1: not known before */
    Probes(Composer composer, ViolinSpec spec, int number, Timeline.Probe probe, Args a, long end) {
        this.composer = composer;
        this.spec = spec;
        this.number = number;
        this.probe = probe;
        this.a = a;
        this.end = end;
    }

    void add() {
        switch (probe.kind()) {
            case "ping" -> ping();
            case "matrix" -> matrix();
            case "iperf" -> iperf();
            default -> composer.mistake(probe.line(), probe.kind(), "there is no such probe");
        }
    }

    private String address(String from, String to) {
        String address = Addresses.of(spec, from, to);
        if (address.isEmpty() && !from.isEmpty() && !to.isEmpty()) composer.mistake(probe.line(), to, "has no address that " + from + " could ask");
        return address;
    }

    private void ping() {
        String from = a.text("from");
        String to = a.text("to");
        long every = a.millis("every", 10, 100);
        String address = address(from, to);
        String command = "exec fping -D -l -p " + every + " -t " + Pings.TIMEOUT_MILLIS + " " + address;
        composer.new Sheet(probe, from + " to " + to, "every " + every + " ms").op(from, probe.atMillis(), Score.Kind.PING,
                Map.of("command", command, "probe", "" + number, "every", "" + every, "for", "" + probe.forMillis(), "to", to), true, "fping");
    }

    private void matrix() {
        List<String> nodes = a.list("nodes");
        if (nodes.size() < 2) composer.mistake(probe.line(), String.join(",", nodes), "two nodes or more");
        if (nodes.size() > MOST_TARGETS) {
            composer.mistake(probe.line(), nodes.size() + " nodes", "at most " + MOST_TARGETS);
            return;
        }
        Composer.Sheet sheet = composer.new Sheet(probe, nodes.size() + " nodes", "all pairs");
        for (String from : nodes) {
            Map<String, String> byAddress = new TreeMap<>();
            for (String to : nodes) if (!to.equals(from)) byAddress.put(address(from, to), to);
            List<String> pairs = new ArrayList<>();
            byAddress.forEach((address, to) -> pairs.add(address + "=" + to));
            String command = "exec fping -q -C " + MATRIX_PINGS + " -p 200 -i 2 -t " + MATRIX_TIMEOUT + " " + String.join(" ", byAddress.keySet());
            sheet.op(from, probe.atMillis(), Score.Kind.MATRIX, Map.of("command", command, "probe", "" + number, "targets", String.join(",", pairs)),
                    true, "fping");
        }
    }

    private void iperf() {
        String from = a.text("from");
        String to = a.text("to");
        String rate = probe.arguments().getOrDefault("rate", "");
        long lasts = probe.forMillis() > 0 ? probe.forMillis() : end - probe.atMillis();
        if (lasts <= 0) {
            composer.mistake(probe.line(), "iperf", "needs 'for', or a timeline with a 'duration': nobody knows how long this one lasts");
            return;
        }
        long seconds = Math.max(1, (lasts + 500) / 1000);
        int port = FIRST_PORT + number;
        String address = address(from, to);
        String family = address.indexOf(':') >= 0 ? "-6" : "-4";
        Composer.Sheet sheet = composer.new Sheet(probe, from + " to " + to, rate.isEmpty() ? "TCP" : "UDP " + rate + " bit/s");
        sheet.op(to, probe.atMillis() - SERVER_AHEAD_MILLIS, Score.Kind.SERVE,
                Map.of("command", "exec iperf3 -s -1 -J -i 0.5 " + family + " -p " + port, "probe", "" + number), false, "iperf3");
        // Where routes are learnt they may take a moment more.
        String command = "timeout 5 sh -c 'until ping -q -c 1 -W 1 " + address + "; do sleep 0.1; done' >/dev/null 2>&1; exec iperf3 -c " + address + " " + family + " -p " + port + " -t " + seconds + " -i 0.5 -J --get-server-output --connect-timeout 3000"
                + (rate.isEmpty() ? "" : " -u -b " + Args.plain(a.number("rate")));
        sheet.op(from, probe.atMillis(), Score.Kind.IPERF,
                Map.of("command", command, "probe", "" + number, "for", "" + seconds * 1000, "to", to, "udp", rate.isEmpty() ? "" : "true"), true, "iperf3");
    }
}
