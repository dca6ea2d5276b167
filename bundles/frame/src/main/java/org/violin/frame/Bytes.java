// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Runs of bytes in a record to hand over: length (4), bytes. */
final class Bytes {
    private Bytes() {}

    static void write(DataOutput out, ByteBuffer from, int at, int length) throws IOException {
        byte[] bytes = new byte[length];
        if (length > 0) from.get(at, bytes);
        out.writeInt(length);
        out.write(bytes);
    }

    /** Throws IOException when there are more. */
    static ByteBuffer read(DataInput in, int most) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > most) throw new IOException(length + " bytes: must be at most " + most);
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
