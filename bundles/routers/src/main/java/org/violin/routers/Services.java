// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.NodeId;
import org.violin.api.routing.RouterService;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.ServiceProvider;
import org.violin.api.routing.ServiceStatus;

/** The services of one vRouter. What fails of one does not keep the others from working. Changes under the router's lock; status any thread. */
final class Services {
    private static final Logger LOG = LoggerFactory.getLogger(Services.class);

    private final NodeId id;
    private final Plugins plugins;
    private final RouterSink sink;
    /** Changed as a whole, for {@link #status}. */
    private volatile Map<String, Held> held = Map.of();
    private volatile Map<String, String> troubles = Map.of();

    private record Held(ServiceProvider by, RouterService service) {}

    Services(NodeId id, Plugins plugins, RouterSink sink) {
        this.id = id;
        this.plugins = plugins;
        this.sink = sink;
    }

    /** Makes it so: first what is not wanted any more goes. Throws what failed, all in one, when the rest is done. */
    void apply(RouterSpec spec, Guest guest) throws GuestException {
        Map<String, String> failed = new TreeMap<>();
        for (String kind : List.copyOf(held.keySet())) {
            if (!spec.services().containsKey(kind)) attempt(kind, failed, () -> remove(kind, false));
        }
        spec.services().forEach((kind, settings) -> attempt(kind, failed, () -> one(kind, settings, spec, guest)));
        troubles = Map.copyOf(failed);
        if (failed.isEmpty()) return;
        List<String> all = new ArrayList<>();
        failed.forEach((kind, why) -> all.add("service " + kind + ": " + why));
        throw new GuestException(String.join("; ", all));
    }

    private interface Step {
        void run() throws GuestException;
    }

    private static void attempt(String kind, Map<String, String> failed, Step step) {
        try {
            step.run();
        } catch (GuestException | RuntimeException | LinkageError e) {
            failed.put(kind, String.valueOf(e.getMessage()));
        }
    }

    private void one(String kind, Map<String, String> settings, RouterSpec spec, Guest guest) throws GuestException {
        ServiceProvider wanted = plugins.service(kind).orElseThrow(() -> new GuestException("no service '" + kind
                + "' on this overlay host; install it: feature:install violin-router-services"));
        Held now = held.get(kind);
        if (now != null && now.by() != wanted) {
            close(kind);
            now = null;
        }
        if (now == null) put(kind, new Held(wanted, wanted.open(spec, settings, guest, sink)));
        else now.service().apply(spec, settings);
    }

    private void remove(String kind, boolean guestEnds) throws GuestException {
        Held now = held.get(kind);
        if (now == null) return;
        now.service().remove(guestEnds);
        close(kind);
    }

    private void close(String kind) {
        Held now = put(kind, null);
        if (now == null) return;
        try {
            now.service().close();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{}: the service {} did not close cleanly: {}", id, kind, e.toString());
        }
    }

    private Held put(String kind, Held with) {
        Map<String, Held> next = new TreeMap<>(held);
        Held before = with == null ? next.remove(kind) : next.put(kind, with);
        held = next;
        return before;
    }

    /** A plugin goes: its code is not used when this returns; what it made works on. */
    void lose(Object provider) {
        held.forEach((kind, one) -> {
            if (one.by() == provider) close(kind);
        });
    }

    /** All of them end. @param guestEnds the guest ends anyway */
    void removeAll(boolean guestEnds) {
        for (String kind : List.copyOf(held.keySet())) {
            try {
                remove(kind, guestEnds);
            } catch (GuestException | RuntimeException | LinkageError e) {
                LOG.warn("{}: the service {} did not end cleanly: {}", id, kind, e.getMessage());
                close(kind);
            }
        }
    }

    /** Lets go of all; what they made works on. */
    void release() {
        List.copyOf(held.keySet()).forEach(this::close);
        troubles = Map.of();
    }

    List<ServiceStatus> status() {
        Map<String, ServiceStatus> all = new TreeMap<>();
        held.forEach((kind, one) -> {
            try {
                all.put(kind, one.service().status());
            } catch (RuntimeException | LinkageError e) {
                all.put(kind, ServiceStatus.failed(kind, e.toString()));
            }
        });
        troubles.forEach((kind, why) -> all.put(kind, ServiceStatus.failed(kind, why)));
        return List.copyOf(all.values());
    }
}
