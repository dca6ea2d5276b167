// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.EventConstants;
import org.osgi.service.event.EventHandler;
import org.violin.api.cluster.Members;
import org.violin.api.control.Events;

/** Keeps the last {@value #CAPACITY} events of this host from Event Admin; older ones fall out. */
@Component(
        service = {Events.class, EventHandler.class},
        property = EventConstants.EVENT_TOPIC + "=" + Events.TOPIC + "*")
public final class EventRing implements Events, EventHandler {
    static final int CAPACITY = 2000;

    private final String host;
    private final Deque<Event> ring = new ArrayDeque<>();
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private long sequence;

    @Activate
    public EventRing(@Reference Members members) {
        this(members.self().name());
    }

    EventRing(String host) {
        this.host = host;
    }

    @Override
    public void handleEvent(org.osgi.service.event.Event event) {
        String topic = event.getTopic().substring(TOPIC.length());
        add(topic, String.valueOf(event.getProperty("subject")), String.valueOf(event.getProperty("text")));
    }

    void add(String topic, String subject, String text) {
        Event event;
        synchronized (ring) {
            event = new Event(++sequence, System.currentTimeMillis(), host, topic, subject, text);
            ring.addLast(event);
            if (ring.size() > CAPACITY) ring.removeFirst();
        }
        listeners.forEach(l -> l.accept(event));
    }

    @Override
    public List<Event> after(long last, int limit) {
        List<Event> found = new ArrayList<>();
        synchronized (ring) {
            ring.forEach(e -> {
                if (e.sequence() > last) found.add(e);
            });
        }
        return found.size() <= limit ? found : found.subList(found.size() - limit, found.size());
    }

    @Override
    public AutoCloseable listen(Consumer<Event> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
