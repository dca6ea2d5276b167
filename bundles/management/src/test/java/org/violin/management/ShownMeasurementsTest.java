// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import javax.management.StandardMBean;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;
import org.violin.api.measure.Measurements;
import org.violin.api.measure.PathFigure;
import org.violin.api.placement.Distances;

class ShownMeasurementsTest {
    private static final PathFigure FIGURE =
            new PathFigure("a", "b", 1000, 900, 0.5, 0.25, 10, 7, 1, 20, PathFigure.Source.MEASURED);

    private static final class Known implements Measurements {
        @Override
        public List<PathFigure> figures() {
            return List.of(FIGURE);
        }

        @Override
        public Distances distances(List<String> hosts) {
            return Distances.even(hosts.size(), 1);
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of("told", 3L);
        }
    }

    private static Sources with(Measurements measurements) {
        return new Sources(() -> null, () -> null, () -> null, () -> null, () -> null, () -> measurements);
    }

    @Test
    void paths_are_open_data() throws Exception {
        StandardMBean bean = new StandardMBean(new ShownMeasurements(with(new Known())), MeasurementsMXBean.class, true);
        CompositeData path = ((CompositeData[]) bean.getAttribute("Paths"))[0];
        assertEquals("a", path.get("from"));
        assertEquals(900.0, path.get("rttSlowMicros"));
        assertEquals("MEASURED", path.get("source"));
        assertEquals(20L, path.get("ageMillis"));
        CompositeData same = (CompositeData) bean.invoke("path", new Object[] {"a", "b"}, new String[] {"java.lang.String", "java.lang.String"});
        assertEquals(path, same);
        assertNull(new ShownMeasurements(with(new Known())).path("b", "a"));
        assertEquals(Map.of("told", 3L), new ShownMeasurements(with(new Known())).getCounters());
    }

    @Test
    void without_the_service_there_is_nothing() {
        assertTrue(new ShownMeasurements(with(null)).getPaths().isEmpty());
        assertTrue(new ShownMeasurements(with(null)).getCounters().isEmpty());
    }
}
