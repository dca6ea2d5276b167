// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import java.net.InetSocketAddress;

/**
 * How a tunnel is opened.
 *
 * @param host this overlay host's name
 * @param local address and UDP port to bind
 * @param incarnation this container's own, sent along so that peers reset their state after a restart
 * @param pathMtuBytes the largest IP MTU to use on any path, 1280 to 9000; a tunnel that can finds what the path carries
 * @param queueBytes bound of the records waiting for one peer
 */
public record TunnelSettings(String host, InetSocketAddress local, long incarnation, int pathMtuBytes, int queueBytes) {}
