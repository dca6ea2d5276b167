// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.violin.api.model.RouteSpec;
import org.violin.api.model.ViolinSpec;

/** Computes the routes of guests from the topology. Called by: control threads. Pure: no I/O, no clock. */
@ConsumerType
public interface Routing {
    /** The word of the violin's attribute {@code routing}, such as {@code kernel}. */
    String kind();

    /** Routes for these nodes, also those the file gives; every node asked for is in the answer. */
    Map<String, List<RouteSpec>> routes(ViolinSpec spec, Set<String> nodes);
}
