// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/** IGMP messages of versions 1 to 3 (RFC 1112, RFC 2236, RFC 3376); {@code at} is the offset of the type. */
public final class Igmp {
    public static final int QUERY = 0x11;
    public static final int REPORT_V1 = 0x12;
    public static final int REPORT_V2 = 0x16;
    public static final int LEAVE = 0x17;
    public static final int REPORT_V3 = 0x22;
    public static final int MIN_BYTES = 8;
    public static final int GROUP = 4;
    /** Number of group records in a version 3 report, and where they begin. */
    public static final int RECORDS = 6;
    public static final int FIRST_RECORD = 8;
    /** Inside a record: type, words of auxiliary data, number of 4-byte sources, group. */
    public static final int RECORD_AUX = 1;
    public static final int RECORD_SOURCES = 2;
    public static final int RECORD_GROUP = 4;
    public static final int RECORD_BYTES = 8;

    private Igmp() {}

    /** True when the message is long enough and its checksum is right. */
    public static boolean isSound(ByteBuffer slab, int at, int end) {
        return end - at >= MIN_BYTES && NetworkOrder.isCorrect(NetworkOrder.sum(slab, at, end - at, 0));
    }

    public static int type(ByteBuffer slab, int at) {
        return NetworkOrder.u8(slab, at);
    }

    public static int group(ByteBuffer slab, int at) {
        return NetworkOrder.i32(slab, at + GROUP);
    }
}
