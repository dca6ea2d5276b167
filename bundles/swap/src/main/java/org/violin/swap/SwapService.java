// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.karaf.features.FeaturesService;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.violin.api.control.Events;
import org.violin.api.control.Plugins;
import org.violin.api.control.Specs;
import org.violin.api.control.SwapReport;
import org.violin.api.control.Violins;
import org.violin.api.model.Refused;
import org.violin.api.routing.ControlChange;
import org.violin.api.routing.Routers;

/**
 * Plugins and their replacement. Needs no plugin and neither engine nor control to run; it looks for them when asked, so that it goes on
 * while they are replaced themselves.
 */
@Component(service = Plugins.class, immediate = true)
public final class SwapService implements Plugins {
    /** Longer than a FIB keeps its routes of before for something new that learns them. */
    private static final long OUTAGE_MILLIS = 45_000;

    private final BundleContext context;
    private final Announcer announcer;
    private final Guardian.Times times;
    private final Deadline deadline = new Deadline();
    private final Guardian guardian;
    private final Selection selection;
    private final Jars jars;
    private final ReentrantLock one = new ReentrantLock();

    @Activate
    public SwapService(BundleContext context, @Reference ConfigurationAdmin admin, @Reference EventAdmin events) {
        this(context, admin, context.getDataFile("good").toPath(), Path.of(System.getProperty("karaf.home", "."), "system"), announcer(events),
                Guardian.Times.USUAL);
    }

    SwapService(BundleContext context, ConfigurationAdmin admin, Path good, Path repository, Announcer announcer, Guardian.Times times) {
        this.context = context;
        this.announcer = announcer;
        this.times = times;
        this.selection = new Selection(admin, new Components(context));
        this.jars = new Jars(repository);
        this.guardian = new Guardian(context, good, announcer, deadline, times);
        guardian.start();
    }

    private static Announcer announcer(EventAdmin events) {
        return (topic, subject, text) -> events.postEvent(new Event(Events.TOPIC + "plugin/" + topic, Map.of("subject", subject, "text", text)));
    }

    @Deactivate
    void close() {
        guardian.close();
    }

    @Override
    public List<Plugin> list() {
        InUse inUse = new InUse(selection, service(Violins.class), service(Specs.class));
        List<Plugin> plugins = new ArrayList<>();
        for (Watched w : guardian.watched()) {
            for (String kind : w.kinds.isEmpty() ? List.of("-") : new TreeSet<>(w.kinds)) {
                ServiceReference<?> service = w.role.service(w.bundle);
                boolean used = service != null && inUse.wants(w.role, kind) && first(w, kind);
                plugins.add(new Plugin(w.role.word(), kind, w.bundle.getSymbolicName(), w.bundle.getVersion().toString(),
                        w.bundle.getBundleId(), state(w, service), ranking(service), used, Half.words(w.halves(kind))));
            }
        }
        plugins.sort(Comparator.comparing(Plugin::role).thenComparing(Plugin::kind).thenComparing(Plugin::bundle).thenComparing(Plugin::bundleId));
        return plugins;
    }

    /** Of two with the same word, the one with the higher ranking is used, then the older. */
    private boolean first(Watched one, String kind) {
        for (ServiceReference<?> service : guardian.services(one.role)) {
            for (Watched w : guardian.watched()) {
                boolean same = w.bundle == service.getBundle() && w.kinds.contains(kind) && w.halves(kind).equals(one.halves(kind));
                if (same) return w == one;
            }
        }
        return false;
    }

    private static String state(Watched w, ServiceReference<?> service) {
        if (!w.failure.isEmpty()) return "failed";
        if (w.bundle.getState() != Bundle.ACTIVE) return "stopped";
        return service == null ? "waiting" : "active";
    }

    private static int ranking(ServiceReference<?> service) {
        return service != null && service.getProperty(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
    }

    /** Of vRouters that run here; other roles lose nothing. */
    @Override
    public List<String> losses(String role, String provider, Optional<String> scope) {
        Routers routers = service(Routers.class);
        if (!role.equals(Role.ROUTING.word()) || scope.isEmpty() || routers == null) return List.of();
        String[] words = scope.get().split("/", 2);
        return routers.losses(provider, words[0], words.length > 1 ? Optional.of(words[1]) : Optional.empty());
    }

    @Override
    public SwapReport offer(String role, String kind) throws Refused {
        Role r = role(role);
        if (!Jars.isKind(kind)) throw new Refused("swap " + role, kind, "not a kind");
        return alone(() -> {
            Kinds.Ready ready = kinds().ready(r, kind);
            return new SwapReport(role, "", kind, "host", ready.passed().finding(), notes(ready.note()), List.of());
        });
    }

    @Override
    public SwapReport swap(String role, String provider, Optional<String> violin) throws Refused {
        Role r = role(role);
        return alone(() -> {
            SwapReport report = !Jars.isKind(provider) ? bundle(r, provider, violin) : violin.isPresent() ? violin(r, provider, violin.get())
                    : host(r, provider);
            announcer.announce("swapped", report.scope(), role + ": " + (report.before().isEmpty() ? "" : report.before() + " -> ") + report.after()
                    + " for " + report.scope());
            return report;
        });
    }

    private interface Order {
        SwapReport run() throws Refused;
    }

    private SwapReport alone(Order order) throws Refused {
        if (!one.tryLock()) throw new Refused("swap", "", "another swap is going on on this overlay host; try again");
        try {
            return order.run();
        } finally {
            one.unlock();
        }
    }

    private SwapReport bundle(Role role, String provider, Optional<String> violin) throws Refused {
        if (violin.isPresent()) throw new Refused("swap " + role.word(), provider, "a bundle is replaced for a whole overlay host; leave the violin out");
        Newcomer newcomer = new Newcomer(context, guardian, role, deadline, times.appearMillis());
        Newcomer.Outcome outcome = newcomer.replace(provider, jars.find(provider));
        List<String> notes = outcome.replaced().stream().map(b -> b + " is stopped").toList();
        return new SwapReport(role.word(), String.join(", ", outcome.replaced()), outcome.after(), "host", outcome.passed().finding(), notes, List.of());
    }

    private SwapReport host(Role role, String kind) throws Refused {
        if (Selection.pid(role) == null) {
            throw new Refused("swap " + role.word(), kind, "violins choose their " + role.word() + ": name one, or give a bundle");
        }
        Kinds.Ready ready = kinds().ready(role, kind);
        String before = selection.of(role);
        try {
            if (!before.equals(kind)) selection.set(role, kind);
        } catch (IOException e) {
            throw new Refused("swap " + role.word(), kind, "the configuration cannot be written: " + e.getMessage());
        }
        return new SwapReport(role.word(), before, kind, "host", ready.passed().finding(), notes(ready.note()), List.of());
    }

    private SwapReport violin(Role role, String kind, String violin) throws Refused {
        if (role == Role.TUNNEL || role == Role.PLACEMENT) {
            throw new Refused("swap " + role.word(), violin, "the " + role.word() + " is an overlay host's, not a violin's; leave the violin out");
        }
        Specs specs = service(Specs.class);
        if (specs == null) throw new Refused("swap " + role.word(), violin, "bundle org.violin.control does not run on this overlay host (yet)");
        Kinds.Ready ready = kinds().ready(role, kind);
        ViolinChange change = new ViolinChange(specs, role, violin, new RoutingChange(guardian::halves));
        long began = System.currentTimeMillis();
        String before = change.to(kind);
        List<String> notes = new ArrayList<>(notes(ready.note()));
        if (role == Role.RUNTIME && !before.equals(kind)) notes.add("its guests were made anew");
        if (role == Role.ROUTING) notes.addAll(change.notes());
        String scope = (violin.indexOf('/') < 0 ? "violin " : "node ") + violin;
        return new SwapReport(role.word(), before, role == Role.ROUTING ? change.now() : kind, scope, ready.passed().finding(), notes,
                role == Role.ROUTING ? outagesSince(violin, began) : List.of());
    }

    @Override
    public List<ControlChange> outages(String violin, long agoMillis) {
        return outagesSince(violin, System.currentTimeMillis() - agoMillis);
    }

    /** Of vRouters here, once they know their routes again, or as it is after {@link #OUTAGE_MILLIS}. */
    private List<ControlChange> outagesSince(String scope, long began) {
        String[] words = scope.split("/", 2);
        for (;;) {
            Routers routers = service(Routers.class);
            if (routers == null) return List.of();
            List<ControlChange> all = routers.changes(words[0], words.length > 1 ? Optional.of(words[1]) : Optional.empty()).stream()
                    .filter(c -> c.beganMillis() >= began).toList();
            if (all.stream().allMatch(ControlChange::ended) || System.currentTimeMillis() - began > OUTAGE_MILLIS) return all;
            LockSupport.parkNanos(100_000_000);
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                return all;
            }
        }
    }

    private static Role role(String word) throws Refused {
        return Role.byWord(word).orElseThrow(() -> new Refused("swap", word, "no such role; there are " + String.join(", ", Role.words())));
    }

    private Kinds kinds() {
        return new Kinds(guardian, deadline, service(FeaturesService.class), times.appearMillis());
    }

    private static List<String> notes(String note) {
        return note.isEmpty() ? List.of() : List.of(note);
    }

    /** The service as it is now, or null. Not given back: these are the same for everybody, and looked up for each order. */
    private <T> T service(Class<T> type) {
        ServiceReference<T> reference = context.getServiceReference(type);
        return reference == null ? null : context.getService(reference);
    }
}
