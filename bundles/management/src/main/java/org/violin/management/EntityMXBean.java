// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;
import java.util.Map;

/** {@code org.violin:type=Entity,violin=..,name=..}: one vHost, vRouter or vSwitch of this host; the counters are those of its ports. */
public interface EntityMXBean {
    String getViolin();

    String getName();

    /** {@code vhost}, {@code vrouter} or {@code vswitch}. */
    String getKind();

    String getHost();

    List<String> getAddresses();

    /** {@code ready}, {@code pending}, {@code failed} or {@code unknown}. */
    String getState();

    String getReason();

    /** Of the guest's first process on this host; -1 when there is none. */
    int getPid();

    /** File on this host; empty when there is none. */
    String getConsoleLog();

    long getFramesIn();

    long getFramesOut();

    long getBytesIn();

    long getBytesOut();

    /** By reason. */
    Map<String, Long> getDrops();
}
