// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;
import java.util.Map;

/** {@code org.violin:type=Host,name=..}: this overlay host. */
public interface HostMXBean {
    String getName();

    String getAddress();

    String getVersion();

    double getCpus();

    long getMemoryBytes();

    List<String> getRuntimes();

    long getStartedMillis();

    boolean isLeader();

    /** False while the host goes on with what it knows. */
    boolean isConnected();

    /** Why it is not connected; empty when it is. */
    String getTrouble();

    /** Names of all joined hosts. */
    List<String> getHosts();

    /** Frames dropped for no port or tunnel in particular, by reason. */
    Map<String, Long> getDrops();

    /** Ports of this host. */
    int getPorts();

    /** MXBeans that are not there because there would be more than the bound. */
    int getLeftOut();
}
