// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import org.violin.api.dataplane.LinkEnd;

/** A vLink as it was laid: what was asked for and the two ends that do it. Guarded by the fabric's lock. */
record Link(int vni, LinkEnd a, LinkEnd b, Endpoint endA, Endpoint endB) {
    boolean joins(LinkEnd x, LinkEnd y) {
        return a.equals(x) && b.equals(y) || a.equals(y) && b.equals(x);
    }

    /** False when another link has taken one of the ends since. */
    boolean attached() {
        return endA.link == this && endB.link == this;
    }
}
