// SPDX-License-Identifier: Apache-2.0
package org.violin.api.guest;

import java.io.InputStream;
import java.io.OutputStream;
import org.osgi.annotation.versioning.ConsumerType;

/** A program that runs inside a guest, seen from outside. Used by one caller, which may read and write from different threads. */
@ConsumerType
public interface ExecSession extends AutoCloseable {
    OutputStream stdin();

    InputStream stdout();

    InputStream stderr();

    /** Waits for the end. Returns the program's exit status, or 128 + N when signal N ended it; 127 when there is no such program. */
    int waitFor() throws InterruptedException;

    /** Ends the program if it still runs, with its children. Idempotent. */
    @Override
    void close();
}
