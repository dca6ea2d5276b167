// SPDX-License-Identifier: Apache-2.0
package org.violin.api.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The small tree of values that all overlay hosts share: strongly ordered, versioned, bounded (a value at most {@link #MAX_BYTES}).
 * Paths are like {@code /violins/figure2/spec}. Provided by members over Apache ZooKeeper; any thread; every call has a deadline of a
 * few seconds and then throws {@link StateException}.
 */
@ProviderType
public interface SharedState {
    /** Bound of one value. */
    int MAX_BYTES = 1_000_000;
    /** Version for {@link #write}: the value must not exist yet. */
    int ABSENT = -1;
    /** Version for {@link #write}: whatever it is. */
    int ANY = -2;

    Optional<Value> read(String path) throws StateException;

    /**
     * Writes if the version still fits. Parents that are missing are made as empty values. Returns the new version: 0 when made.
     * Throws {@link StateException} with conflict set.
     */
    int write(String path, byte[] data, int expectedVersion) throws StateException;

    /** Removes the value and all below it; nothing there is fine. */
    void delete(String path) throws StateException;

    /** Names of the values directly below, sorted; none when the path does not exist. */
    List<String> children(String path) throws StateException;

    /**
     * Calls back with the path of each value at or below {@code path} that was made, changed or removed, in order, on one thread; first
     * once for each that exists. After a reconnection, again for what changed meanwhile. Close to stop.
     */
    AutoCloseable watch(String path, Consumer<String> changed);

    /** A lock over all hosts; empty when it was not free within the wait. Close frees it; a host that dies frees it too. */
    Optional<AutoCloseable> lock(String name, Duration wait) throws StateException;

    /** A value and the version it was read at. */
    record Value(byte[] data, int version) {}
}
