// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What iperf3 (https://software.es.net/iperf) says of one flow, as far as it is shown; JSON of version 3.9 and later. Rates are what
 * arrived.
 *
 * @param seconds ends of the intervals from the flow's begin, and {@code bitsPerSecond} in each
 * @param retransmits of TCP; {@code lostPercent}, {@code jitterMillis} of UDP
 * @param error empty: none
 */
record Flow(int probe, String from, String to, boolean udp, List<Double> seconds, List<Double> bitsPerSecond, double meanBitsPerSecond,
        long retransmits, double lostPercent, double jitterMillis, String error) {
    private static final int MOST_INTERVALS = 20_000;

    static Flow of(Performance.FlowData data) {
        List<Double> seconds = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        try {
            JsonNode root = Codec.tree(data.json());
            JsonNode far = root.path("server_output_json");
            JsonNode intervals = far.path("intervals").size() > 0 ? far.path("intervals") : root.path("intervals");
            for (JsonNode i : intervals) {
                if (seconds.size() >= MOST_INTERVALS) break;
                seconds.add(i.path("sum").path("end").asDouble());
                rates.add(i.path("sum").path("bits_per_second").asDouble());
            }
            JsonNode end = root.path("end");
            JsonNode received = end.path("sum_received");
            JsonNode sum = end.path("sum");
            double sent = sum.path("bits_per_second").asDouble();
            double lost = sum.path("lost_percent").asDouble();
            double mean = !data.udp() || received.path("bits_per_second").asDouble() > 0 && received.path("lost_packets").isMissingNode()
                    ? received.path("bits_per_second").asDouble() : sent * (1 - lost / 100);
            return new Flow(data.probe(), data.from(), data.to(), data.udp(), seconds, rates, mean,
                    end.path("sum_sent").path("retransmits").asLong(), lost, sum.path("jitter_ms").asDouble(), root.path("error").asText(""));
        } catch (IOException e) {
            return new Flow(data.probe(), data.from(), data.to(), data.udp(), seconds, rates, 0, 0, 0, 0, "no JSON came from iperf3");
        }
    }

    Map<String, String> summary() {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("kind", "iperf");
        row.put("subject", from + " to " + to + (udp ? " UDP" : " TCP"));
        if (!error.isEmpty()) {
            row.put("error", error);
            return row;
        }
        row.put("Mbit/s", Outcome.number(meanBitsPerSecond / 1e6));
        if (udp) {
            row.put("lost %", Outcome.number(lostPercent));
            row.put("jitter ms", Outcome.number(jitterMillis));
        } else {
            row.put("retransmits", "" + retransmits);
        }
        return row;
    }
}
