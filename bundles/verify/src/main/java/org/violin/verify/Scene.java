// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What there is to test on this overlay host.
 *
 * @param host this host's name
 * @param hostNamespace path of its network namespace
 * @param own guests of the violin here; {@code left} more were left out
 * @param others guests of other violins here
 * @param peers addresses in each of those violins that a guest of it here should reach
 * @param hostAddresses of this host, without loopback and link-local ones
 * @param hostMacs of this host's interfaces
 * @param members underlay addresses of the other hosts
 * @param tunnel where this host's tunnel listens
 * @param controlPorts TCP ports to knock at
 * @param foreign addresses of vNICs of other violins
 * @param inside addresses that the violin itself has, by its file
 * @param vnis of the violin's links
 * @param elsewhere the violin has entities on other hosts too
 * @param cipher what the violin's file says; empty: nothing
 * @param waysOut of the violin, on any overlay host
 * @param outs interfaces of this host by which a way out may lead
 */
record Scene(String violin, String host, String hostNamespace, List<Cell> own, int left, List<Cell> others, Map<Cell, List<InetAddress>> peers,
        List<InetAddress> hostAddresses, List<Long> hostMacs, List<InetAddress> members, InetSocketAddress tunnel, List<Integer> controlPorts,
        List<InetAddress> foreign, Set<InetAddress> inside, List<Integer> vnis, boolean elsewhere, String cipher,
        List<WayOut> waysOut, Set<String> outs) {
    /** Whether a way out leads to that address. */
    boolean opens(InetAddress address) {
        return waysOut.stream().anyMatch(w -> !w.closed().contains(address));
    }

    /** Whether a frame may be there because of a way out: between guest and host, or as what the host may forward. */
    boolean opens(Sighting s) {
        if (s.place().kind() != Place.Kind.HOST || waysOut.isEmpty()) return false;
        boolean honest = s.kind() == Case.CONTROL || s.kind() == Case.ADDRESSES || s.kind() == Case.FRAMES;
        return between(s) || honest && outs.contains(s.link());
    }

    /** Whether it was seen where a way out begins: the host's rules come after that. */
    boolean between(Sighting s) {
        return s.place().kind() == Place.Kind.HOST && waysOut.stream().anyMatch(w -> w.host().equals(host) && w.link().equals(s.link()));
    }
}
