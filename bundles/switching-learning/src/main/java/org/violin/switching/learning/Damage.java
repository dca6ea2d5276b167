// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.nio.ByteBuffer;

/** What is checked of a record that another logic left. Every mistake is an IllegalArgumentException. */
final class Damage {
    /** Port numbers are below this. */
    static final int PORTS = 1 << 16;

    private Damage() {}

    static void unless(boolean sound) {
        if (!sound) throw new IllegalArgumentException("damaged");
    }

    /** A number of entries that the rest of the record can hold. */
    static int count(ByteBuffer in, int entryBytes) {
        unless(in.remaining() >= 4);
        int count = in.getInt();
        unless(count >= 0 && count <= in.remaining() / entryBytes);
        return count;
    }

    static int port(ByteBuffer in) {
        int port = in.getInt();
        unless(port >= 0 && port < PORTS);
        return port;
    }
}
