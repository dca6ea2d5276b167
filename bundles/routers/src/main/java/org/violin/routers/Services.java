// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
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
    private static final String NOTE = "/run/violin/services";
    private static final long NOTE_MOST_MILLIS = 10_000;
    private static final Logger LOG = LoggerFactory.getLogger(Services.class);

    private final NodeId id;
    private final Plugins plugins;
    private final RouterSink sink;
    private final ScheduledExecutorService threads;
    private Guest in;
    private boolean noted;
    /** An earlier container had services there. */
    private boolean adopted;
    private final Predicate<Guest> marked;
    /** Kinds of which nothing can be left that is not ours. */
    private final Set<String> clean = new TreeSet<>();
    /** Changed as a whole, for {@link #status}. */
    private volatile Map<String, Held> held = Map.of();
    private volatile Map<String, String> troubles = Map.of();

    private record Held(ServiceProvider by, RouterService service) {}

    Services(NodeId id, Plugins plugins, RouterSink sink, ScheduledExecutorService threads) {
        this(id, plugins, sink, threads, Services::noted);
    }

    /** @param marked whether a guest has the note */
    Services(NodeId id, Plugins plugins, RouterSink sink, ScheduledExecutorService threads, Predicate<Guest> marked) {
        this.marked = marked;
        this.id = id;
        this.plugins = plugins;
        this.sink = sink;
        this.threads = threads;
    }

    /** Makes it so: first what is not wanted any more goes. Throws what failed, all in one, when the rest is done. */
    void apply(RouterSpec spec, Guest guest) throws GuestException {
        Map<String, String> failed = new TreeMap<>();
        for (String kind : List.copyOf(held.keySet())) {
            if (!spec.services().containsKey(kind)) attempt(kind, failed, () -> remove(kind, false));
        }
        spec.services().forEach((kind, settings) -> attempt(kind, failed, () -> one(kind, settings, spec, guest)));
        reconcile(guest, failed);
        troubles = Map.copyOf(failed);
        if (failed.isEmpty()) return;
        List<String> all = new ArrayList<>();
        failed.forEach((kind, why) -> all.add("service " + kind + ": " + why));
        throw new GuestException(String.join("; ", all));
    }

    /**
     * What an earlier container left of kinds that are no longer wanted goes, once for each kind. Guests in which there ever was a service
     * have a note of it, {@value #NOTE}; others are not asked.
     */
    private void reconcile(Guest guest, Map<String, String> failed) {
        if (guest != in) {
            in = guest;
            noted = marked.test(guest);
            adopted = noted;
            clean.clear();
        }
        if (!noted && !held.isEmpty()) {
            attempt("note", failed, () -> InGuest.run(guest, threads, NOTE_MOST_MILLIS, "mkdir -p /run/violin && : > " + NOTE));
            noted = !failed.containsKey("note");
        }
        clean.addAll(held.keySet());
        if (!adopted) return;
        for (ServiceProvider provider : plugins.services()) {
            if (clean.contains(provider.kind()) || failed.containsKey(provider.kind())) continue;
            attempt(provider.kind(), failed, () -> provider.clean(guest));
            if (!failed.containsKey(provider.kind())) clean.add(provider.kind());
        }
    }

    /** As {@link #apply} with none wanted, without a spec. */
    void reconcile(Guest guest) throws GuestException {
        Map<String, String> failed = new TreeMap<>();
        reconcile(guest, failed);
        if (!failed.isEmpty()) throw new GuestException("services: " + failed);
    }

    /** Only looked at from outside. */
    private static boolean noted(Guest guest) {
        long pid = guest.status().pid().orElse(0);
        return pid > 0 && Files.exists(Path.of("/proc/" + pid + "/root" + NOTE), LinkOption.NOFOLLOW_LINKS);
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
        in = null;
        troubles = Map.of();
    }

    /** Whether one of them could not be opened or changed. Any thread, at once. */
    boolean troubled() {
        return !troubles.isEmpty();
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
