// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.violin.api.dataplane.HandOver;

/**
 * What a switch learnt, as the record {@code mac-table}, version 1. Big-endian; times are of the engine's clock, which all logic of a
 * process shares: the record is never stored. The README has the layout.
 */
final class TableRecord {
    static final String KIND = "mac-table";
    static final int VERSION = 1;
    private static final int CHECK_BYTES = 4;

    private TableRecord() {}

    /** @param snooping null: none */
    static HandOver write(MacTable macs, Snooping snooping) {
        ByteBuffer out = ByteBuffer.allocate(macs.bytes() + 1 + (snooping == null ? 0 : snooping.bytes()) + CHECK_BYTES);
        macs.write(out);
        out.put((byte) (snooping == null ? 0 : 1));
        if (snooping != null) snooping.write(out);
        out.putInt(check(out.array(), out.position()));
        return new HandOver(KIND, VERSION, out.array());
    }

    /**
     * Fills fresh tables.
     *
     * @param snooping null: what is said of groups is passed over
     * @throws IllegalArgumentException when the record is of another kind or version, or damaged; the tables are not to be used then
     */
    static void read(HandOver from, MacTable macs, Snooping snooping) {
        if (!from.kind().equals(KIND) || from.version() != VERSION) throw new IllegalArgumentException("of another kind or version");
        byte[] data = from.data();
        int end = data.length - CHECK_BYTES;
        Damage.unless(end > 0);
        ByteBuffer in = ByteBuffer.wrap(data);
        Damage.unless(in.getInt(end) == check(data, end));
        in.limit(end);
        macs.read(in);
        Damage.unless(in.hasRemaining());
        if (in.get() == 0 || snooping == null) return;
        snooping.read(in);
        Damage.unless(!in.hasRemaining());
    }

    private static int check(byte[] data, int length) {
        CRC32 crc = new CRC32();
        crc.update(data, 0, length);
        return (int) crc.getValue();
    }
}
