// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.Map;

/** {@code org.violin:type=Port,violin=..,node=..,name=..}: one vNIC or switch port of this host. In is from the guest or link. */
public interface PortMXBean {
    String getViolin();

    String getNode();

    String getName();

    boolean isSwitchPort();

    /** Id of the link in tunnels; 0 when not linked. */
    int getVni();

    /** The other end. */
    String getFar();

    boolean isCarrier();

    long getFramesIn();

    long getFramesOut();

    long getBytesIn();

    long getBytesOut();

    /** Segments and system calls, by name. */
    Map<String, Long> getCounters();

    /** By reason. */
    Map<String, Long> getDrops();
}
