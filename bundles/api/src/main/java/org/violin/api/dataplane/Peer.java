// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.net.InetSocketAddress;

/**
 * Another overlay host as tunnels see it.
 *
 * @param host its name
 * @param address where its tunnel listens
 * @param incarnation changes when that host's container was started anew; tunnels reset their sequence state then
 */
public record Peer(String host, InetSocketAddress address, long incarnation) {}
