// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibBatch;
import org.violin.api.routing.FibRoute;
import org.violin.api.routing.RouterSink;

/** Keeps what it is told, and the FIB that follows from it. */
final class Sink implements RouterSink {
    final List<FibBatch> batches = new CopyOnWriteArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    final Map<String, FibRoute> fib = new ConcurrentHashMap<>();

    @Override
    public synchronized void fib(FibBatch batch) {
        batches.add(batch);
        if (batch.resync()) fib.clear();
        for (Cidr gone : batch.removed()) fib.remove(gone.toString());
        for (FibRoute route : batch.routes()) fib.put(route.destination().toString(), route);
    }

    @Override
    public void event(String topic, String text) {
        events.add(topic + " " + text);
    }
}
