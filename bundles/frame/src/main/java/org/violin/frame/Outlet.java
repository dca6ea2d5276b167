// SPDX-License-Identifier: Apache-2.0
package org.violin.frame;

import java.nio.ByteBuffer;

/** Where {@link Segmenter}, {@link Salvager} and {@link Coalescer} put records. */
public interface Outlet {
    /** One record, lent for this call. Must not: throw, call back into the caller, or change bytes outside the record. */
    void frame(ByteBuffer slab, int offset, int length);
}
