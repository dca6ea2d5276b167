// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

/**
 * The form in which a frame travels inside an overlay host and through tunnels: the kernel's 10-byte {@code virtio_net_hdr}
 * (native byte order, see linux/virtio_net.h), then the Ethernet frame without FCS. A super-frame (TSO, USO) is one such record.
 *
 * <pre>
 *   offset        offset + 10
 *   | offload header | destination MAC, source MAC, type, payload ... |
 *   |<------------------------- length ------------------------------>|
 * </pre>
 */
public final class Frames {
    /** Bytes of the offload header in front of each Ethernet frame. All zero means: a plain, finished frame. */
    public static final int OFFLOAD_HEADER = 10;
    /** The longest record: a 64 KiB IP packet, Ethernet and VLAN headers, the offload header; rounded up. */
    public static final int MAX_RECORD = 66_048;
    /** The shortest record that can be an Ethernet frame. */
    public static final int MIN_RECORD = OFFLOAD_HEADER + 14;

    private Frames() {}
}
