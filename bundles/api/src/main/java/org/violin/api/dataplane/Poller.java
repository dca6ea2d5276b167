// SPDX-License-Identifier: Apache-2.0
package org.violin.api.dataplane;

import org.osgi.annotation.versioning.ProviderType;

/** Waits until one of many descriptors can be read, as epoll(7) does, level-triggered. Used by one waiting thread. */
@ProviderType
public interface Poller extends AutoCloseable {
    /** Starts watching a descriptor. Any thread. The token comes back from {@link #await}; it must be 0 or more. */
    void add(int fd, int token);

    /** Stops watching; unknown descriptors are ignored. Any thread. */
    void remove(int fd);

    /**
     * Waits until something is readable, {@link #wake} is called or the time is over.
     *
     * @param timeoutMillis -1 waits without end
     * @param tokens filled from the front with the tokens of readable descriptors
     * @return how many tokens, 0 after a wake or time-out
     */
    int await(int timeoutMillis, int[] tokens);

    /** Makes the current or next {@link #await} return. Any thread. */
    void wake();

    @Override
    void close();
}
