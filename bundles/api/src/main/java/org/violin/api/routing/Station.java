// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import org.violin.api.model.NicSpec;

/**
 * A vNIC of another node of the violin, for services that name or address nodes.
 *
 * @param on the vRouter's vNIC on the same segment; empty: it is farther away
 */
public record Station(String node, NicSpec nic, String on) {}
