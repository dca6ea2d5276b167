// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import org.osgi.annotation.versioning.ProviderType;

/** A wait more exact than a poller's milliseconds. Used by one waiting thread; {@link #wake} by any. */
@ProviderType
public interface Alarm extends AutoCloseable {
    /** Returns after so many nanoseconds, or when {@link #wake} is called, also before this call. May return early for no reason. */
    void await(long nanos);

    void wake();

    @Override
    void close();
}
