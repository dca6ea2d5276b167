// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/** VLAN tags (IEEE 802.1Q, 802.1ad) between the source MAC and the type. */
public final class Vlan {
    public static final int CUSTOMER_TAG = 0x8100;
    public static final int SERVICE_TAG = 0x88a8;
    public static final int TAG_BYTES = 4;
    /** How many tags are looked behind. */
    public static final int MAX_TAGS = 2;
    /** {@link #typeOffset} result: the frame ends first, or has more tags. */
    public static final int NONE = -1;

    private Vlan() {}

    /** Offset of the EtherType behind at most {@link #MAX_TAGS} tags; the payload begins two bytes later. */
    public static int typeOffset(ByteBuffer slab, int frame, int end) {
        int at = frame + Ethernet.TYPE;
        for (int tags = 0; tags <= MAX_TAGS; tags++, at += TAG_BYTES) {
            if (at + 2 > end) return NONE;
            int type = NetworkOrder.u16(slab, at);
            if (type != CUSTOMER_TAG && type != SERVICE_TAG) return at;
        }
        return NONE;
    }
}
