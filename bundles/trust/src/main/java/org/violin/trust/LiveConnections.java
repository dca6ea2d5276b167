// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TLS connections with others, held weakly, so that those with an expelled host are cut. Any thread. */
final class LiveConnections {
    static final int MAX = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(LiveConnections.class);
    private static final int SWEEP_EVERY = 256;

    private final List<Entry> entries = new ArrayList<>();
    private int added;

    /** Throws IllegalStateException when there are too many. */
    synchronized void add(Object connection, HostCertificate host) {
        if (++added % SWEEP_EVERY == 0 || entries.size() >= MAX) entries.removeIf(e -> dead(e.connection.get()));
        if (entries.size() >= MAX) throw new IllegalStateException("more than " + MAX + " TLS connections");
        entries.add(new Entry(new WeakReference<>(connection), host));
    }

    /** Cuts the connections with hosts that are expelled by now. Returns how many. */
    int cut(Roll roll) {
        List<Object> doomed = new ArrayList<>();
        synchronized (this) {
            for (Iterator<Entry> each = entries.iterator(); each.hasNext(); ) {
                Entry entry = each.next();
                Object connection = entry.connection.get();
                boolean worthless = roll.covers(entry.host);
                if (worthless && connection != null) doomed.add(connection);
                if (worthless || connection == null) each.remove();
            }
        }
        doomed.forEach(LiveConnections::cut);
        return doomed.size();
    }

    private static boolean dead(Object connection) {
        return connection == null || connection instanceof SSLSocket socket && socket.isClosed()
                || connection instanceof SSLEngine engine && engine.isInboundDone() && engine.isOutboundDone();
    }

    /** A socket's close waits for what is being written, so it has a thread of its own; an engine refuses from now on. */
    private static void cut(Object connection) {
        if (connection instanceof SSLEngine engine) {
            engine.closeOutbound();
            try {
                engine.closeInbound();
            } catch (SSLException e) {
                LOG.trace("cut before its end", e);
            }
        } else if (connection instanceof SSLSocket socket) {
            Thread closer = new Thread(() -> {
                try {
                    socket.close();
                } catch (IOException e) {
                    LOG.trace("cut", e);
                }
            }, "violin-trust-cut");
            closer.setDaemon(true);
            closer.start();
        }
    }

    private record Entry(WeakReference<Object> connection, HostCertificate host) {}
}
