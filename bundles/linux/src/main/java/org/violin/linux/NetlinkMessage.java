// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** One rtnetlink request while it is written (rtnetlink(7)): header, fixed part, attributes; native byte order. */
final class NetlinkMessage {
    static final int REQUEST = 0x1;
    static final int ACK = 0x4;
    static final int REPLACE = 0x100;
    static final int CREATE = 0x400;
    static final int DUMP = 0x300;

    private final ByteBuffer bytes = ByteBuffer.allocateDirect(16384).order(ByteOrder.nativeOrder());

    NetlinkMessage(int type, int flags) {
        bytes.putInt(0).putShort((short) type).putShort((short) (REQUEST | flags)).putInt(0).putInt(0);
    }

    NetlinkMessage u8(int value) {
        bytes.put((byte) value);
        return this;
    }

    NetlinkMessage u16(int value) {
        bytes.putShort((short) value);
        return this;
    }

    NetlinkMessage u32(int value) {
        bytes.putInt(value);
        return this;
    }

    NetlinkMessage attribute(int type, byte[] value) {
        bytes.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        return pad();
    }

    NetlinkMessage attribute(int type, int value) {
        bytes.putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    NetlinkMessage attribute(int type, String value) {
        return attribute(type, (value + "\0").getBytes(StandardCharsets.US_ASCII));
    }

    /** Where a nested attribute or record begins; its length is set by {@link #close}. */
    int open(int type) {
        int at = bytes.position();
        bytes.putShort((short) 0).putShort((short) type);
        return at;
    }

    NetlinkMessage close(int at) {
        bytes.putShort(at, (short) (bytes.position() - at));
        return this;
    }

    private NetlinkMessage pad() {
        while (bytes.position() % 4 != 0) bytes.put((byte) 0);
        return this;
    }

    /** The finished message, from the buffer's start to its position. */
    ByteBuffer finish(int sequence) {
        return bytes.putInt(0, bytes.position()).putInt(8, sequence);
    }
}
