// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;
import java.util.Map;

/** {@code org.violin:type=Measurements}: the paths between all joined hosts. */
public interface MeasurementsMXBean {
    /** One for each ordered pair of hosts; of hundreds of hosts this is long. */
    List<PathData> getPaths();

    /** One of them; null: there is none. */
    PathData path(String from, String to);

    /** What is counted, by name. */
    Map<String, Long> getCounters();
}
