// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.violin.api.control.PlacementStrategy;
import org.violin.api.control.Routing;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.routing.Routers;

/** The plugins that are there now, chosen by the word that files and configuration use. */
@Component(service = Providers.class)
public final class Providers {
    private final List<GuestRuntime> runtimes = new CopyOnWriteArrayList<>();
    private final List<Routing> routings = new CopyOnWriteArrayList<>();
    private final List<PlacementStrategy> placements = new CopyOnWriteArrayList<>();
    private final List<Routers> routers = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    @Activate
    public Providers() {}

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "removeRuntime")
    public void addRuntime(GuestRuntime runtime) {
        runtimes.add(runtime);
        listeners.forEach(Runnable::run);
    }

    public void removeRuntime(GuestRuntime runtime) {
        runtimes.remove(runtime);
        listeners.forEach(Runnable::run);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "removeRouting")
    public void addRouting(Routing routing) {
        routings.add(routing);
        listeners.forEach(Runnable::run);
    }

    public void removeRouting(Routing routing) {
        routings.remove(routing);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "removePlacement")
    public void addPlacement(PlacementStrategy placement) {
        placements.add(placement);
    }

    public void removePlacement(PlacementStrategy placement) {
        placements.remove(placement);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "removeRouters")
    public void addRouters(Routers service) {
        routers.add(service);
        listeners.forEach(Runnable::run);
    }

    public void removeRouters(Routers service) {
        routers.remove(service);
    }

    /** Empty while its bundle is being changed: then vRouters go on as they are. */
    Optional<Routers> routers() {
        return routers.stream().findFirst();
    }

    /** Called back on any thread when a runtime or routing came, or a runtime went. Close to stop. */
    AutoCloseable listen(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** The runtimes that are used: of two with the same word, the one that came first. */
    List<GuestRuntime> runtimes() {
        Map<String, GuestRuntime> first = new LinkedHashMap<>();
        for (GuestRuntime runtime : runtimes) first.putIfAbsent(runtime.kind(), runtime);
        return List.copyOf(first.values());
    }

    Optional<Routing> routing(String kind) {
        return routings.stream().filter(r -> r.kind().equals(kind)).findFirst();
    }

    Optional<PlacementStrategy> placement(String kind) {
        return placements.stream().filter(p -> p.kind().equals(kind)).findFirst();
    }
}
