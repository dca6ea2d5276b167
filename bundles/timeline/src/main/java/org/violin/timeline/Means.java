// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.Map;
import java.util.concurrent.Executor;
import org.violin.api.control.GuestAccess;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.DataPlaneView;

/**
 * What a player acts with on its host.
 *
 * @param pool runs programs; each takes two threads while it runs
 * @param side one task after the other: what may block for a moment
 * @param facts about this host, for the record
 */
record Means(DataPlane plane, DataPlaneView view, GuestAccess guests, Executor pool, Executor side, Map<String, String> facts) {}
