// SPDX-License-Identifier: Apache-2.0
package org.violin.api.model;

/** The three kinds of entities of a violin. */
public enum NodeKind {
    /** A virtual end-host. */
    VHOST,
    /** A virtual host that forwards packets between its vNICs. */
    VROUTER,
    /** The software Ethernet switch of one vLAN. */
    VSWITCH;

    /** The word used in files and tables, such as {@code vrouter}. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** True for kinds that run programs: vHosts and vRouters. */
    public boolean isGuest() {
        return this != VSWITCH;
    }
}
