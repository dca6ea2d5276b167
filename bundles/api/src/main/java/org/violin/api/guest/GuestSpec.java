// SPDX-License-Identifier: Apache-2.0
package org.violin.api.guest;

import java.util.List;
import org.violin.api.model.Limits;
import org.violin.api.model.NodeId;

/**
 * What a guest runtime needs to start one guest.
 *
 * @param id also gives the hostname, the node's name
 * @param forwarding true for a vRouter: the guest's kernel forwards IPv4 and IPv6
 * @param limits CPU, memory and process bounds
 * @param exec commands of the file, run once by {@code /bin/sh -c} when the vNICs are there ({@link Guest#ready})
 */
public record GuestSpec(NodeId id, boolean forwarding, Limits limits, List<String> exec) {
    public GuestSpec {
        exec = List.copyOf(exec);
    }
}
