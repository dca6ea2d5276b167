// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.Map;

/** {@code org.violin:type=Tunnel,peer=..}: the path to another overlay host. */
public interface TunnelMXBean {
    String getKind();

    String getPeer();

    String getAddress();

    /** The peer was heard lately. */
    boolean isUp();

    int getPathMtuBytes();

    long getDatagramsIn();

    long getDatagramsOut();

    long getFramesIn();

    long getFramesOut();

    long getBytesIn();

    long getBytesOut();

    /** By reason. */
    Map<String, Long> getDrops();
}
