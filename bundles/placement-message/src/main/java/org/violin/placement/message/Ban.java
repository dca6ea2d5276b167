// SPDX-License-Identifier: Apache-2.0
package org.violin.placement.message;

/** Pairs of hosts that two entities may not have. */
interface Ban {
    /** Whether the edge's first entity at p and its second at q break a rule. */
    boolean forbids(int p, int q);
}
