// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.Map;

/** {@code org.violin:type=Tunnel,peer=..[,violin=..]}: the path to another overlay host, of one violin. */
public interface TunnelMXBean {
    String getKind();

    String getPeer();

    /** Whose frames go there; empty: of none. */
    String getViolin();

    /** Kind of the cipher; {@code none}: in clear text. */
    String getCipher();

    String getAddress();

    /** The peer was heard lately. */
    boolean isUp();

    int getPathMtuBytes();

    /** Smoothed round-trip time between the tunnels; 0: not known yet. */
    long getRttMicros();

    long getDatagramsIn();

    long getDatagramsOut();

    long getFramesIn();

    long getFramesOut();

    long getBytesIn();

    long getBytesOut();

    /** Segments, system calls and loss, by name. */
    Map<String, Long> getCounters();

    /** By reason. */
    Map<String, Long> getDrops();
}
