// SPDX-License-Identifier: Apache-2.0
package org.violin.api.routing;

import org.osgi.annotation.versioning.ProviderType;

/** Where a control plane tells what it learns. Provided by the router's owner; any thread; never blocks. */
@ProviderType
public interface RouterSink {
    /** The FIB changed; the first batch of a control plane is a resync. */
    void fib(FibBatch batch);

    /** Something for people: a neighbour came or went, a process died and was started again. @param topic such as {@code neighbour/up} */
    void event(String topic, String text);
}
