// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** What happened on this overlay host, newest last, bounded: the oldest fall out. Provided by control; any thread. */
@ProviderType
public interface Events {
    /** Topic prefix in Event Admin of all events of VIOLIN; property {@code text} is the line for people, {@code subject} whom it is about. */
    String TOPIC = "org/violin/";

    /** Those with a sequence number above the given one, at most {@code limit}, the newest of them. */
    List<Event> after(long sequence, int limit);

    AutoCloseable listen(Consumer<Event> listener);

    /**
     * @param millis wall clock since the epoch
     * @param topic what kind, such as {@code violin/applied} or {@code host/joined}
     * @param subject violin, {@code violin/node} or overlay host
     */
    record Event(long sequence, long millis, String host, String topic, String subject, String text) {}
}
