// SPDX-License-Identifier: Apache-2.0
package org.violin.control;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.control.Routing;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.measure.Measurements;
import org.violin.api.measure.PathFigure;
import org.violin.api.placement.Distances;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.routing.Routers;

/** The plugins that are there now, chosen by the word that files and configuration use. */
@Component(service = Providers.class)
public final class Providers {
    private static final Logger LOG = LoggerFactory.getLogger(Providers.class);
    /** Round-trip time between two hosts that nobody measured. */
    private static final double EVEN_MILLIS = 1;

    private final List<GuestRuntime> runtimes = new CopyOnWriteArrayList<>();
    private final List<Routing> routings = new CopyOnWriteArrayList<>();
    private final List<PlacementStrategy> placements = new CopyOnWriteArrayList<>();
    private final List<Routers> routers = new CopyOnWriteArrayList<>();
    private final List<Measurements> measurements = new CopyOnWriteArrayList<>();
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

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "removeMeasurements")
    public void addMeasurements(Measurements service) {
        measurements.add(service);
    }

    public void removeMeasurements(Measurements service) {
        measurements.remove(service);
    }

    /** What was measured between hosts; all alike while nothing measures, or what it says cannot be used. */
    Placer.Measured distances(List<String> hosts) {
        for (Measurements service : measurements) {
            try {
                Set<String> asked = Set.copyOf(hosts);
                List<PathFigure> figures = service.figures().stream().filter(f -> asked.contains(f.from()) && asked.contains(f.to())).toList();
                long measured = figures.stream().filter(f -> f.source() == PathFigure.Source.MEASURED).count();
                int pairs = hosts.size() * (hosts.size() - 1);
                Distances distances = Patience.call("measurements", () -> service.distances(hosts));
                return new Placer.Measured(distances, measured + " of " + pairs + " paths measured" + (measured < pairs ? ", the rest estimated" : ""));
            } catch (Patience.Lost | RuntimeException | LinkageError e) {
                LOG.warn("Distances are taken for equal: {}", e.toString());
            }
        }
        return new Placer.Measured(Distances.even(hosts.size(), EVEN_MILLIS), "nothing measured, all paths taken for equal");
    }
}
