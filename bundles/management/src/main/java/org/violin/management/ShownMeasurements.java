// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;
import java.util.Map;
import org.violin.api.measure.Measurements;

/** Asks for the measurements when it is asked; the answer is not kept. */
record ShownMeasurements(Sources sources) implements MeasurementsMXBean {
    @Override
    public List<PathData> getPaths() {
        return sources.measurements().map(Measurements::figures).map(all -> all.stream().map(PathData::new).toList()).orElse(List.of());
    }

    @Override
    public PathData path(String from, String to) {
        return getPaths().stream().filter(p -> p.getFrom().equals(from) && p.getTo().equals(to)).findFirst().orElse(null);
    }

    @Override
    public Map<String, Long> getCounters() {
        return sources.measurements().map(Measurements::counters).orElse(Map.of());
    }
}
