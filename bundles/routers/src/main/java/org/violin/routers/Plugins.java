// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.violin.api.control.Routing;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RoutingWords;
import org.violin.api.routing.ServiceProvider;

/** The control planes, forwardings and services that are there now; of two with one word, the one that came first. Any thread. */
final class Plugins {
    private final List<ControlPlaneProvider> controls = new CopyOnWriteArrayList<>();
    private final List<ForwardingProvider> forwardings = new CopyOnWriteArrayList<>();
    private final List<Routing> routings = new CopyOnWriteArrayList<>();
    private final List<ServiceProvider> services = new CopyOnWriteArrayList<>();

    void add(ServiceProvider provider) {
        services.add(provider);
    }

    void remove(ServiceProvider provider) {
        services.remove(provider);
    }

    List<ServiceProvider> services() {
        return List.copyOf(services);
    }

    Optional<ServiceProvider> service(String kind) {
        return services.stream().filter(p -> p.kind().equals(kind)).findFirst();
    }

    void add(Routing routing) {
        routings.add(routing);
    }

    void remove(Routing routing) {
        routings.remove(routing);
    }

    /** Kinds that compute routes and neither learn nor forward. */
    Set<String> computingKinds() {
        Set<String> kinds = new TreeSet<>();
        routings.forEach(r -> kinds.add(r.kind()));
        kinds.removeAll(RoutingWords.FORWARDING);
        controls.forEach(p -> kinds.remove(p.kind()));
        forwardings.forEach(p -> kinds.remove(p.kind()));
        return kinds;
    }

    /** What the words of routing may be here, for people. */
    String words() {
        Set<String> forwards = new TreeSet<>(Set.of(RoutingWords.DEFAULT));
        forwardings.forEach(p -> forwards.add(p.kind()));
        Set<String> computes = computingKinds();
        Set<String> learns = controlKinds();
        return "protocols " + String.join(", ", RoutingWords.PROTOCOLS) + "; control planes " + (learns.isEmpty() ? "none" : String.join(", ", learns))
                + "; forwarding " + String.join(", ", forwards) + (computes.isEmpty() ? "" : "; computed " + String.join(", ", computes));
    }

    void add(ControlPlaneProvider provider) {
        controls.add(provider);
    }

    void add(ForwardingProvider provider) {
        forwardings.add(provider);
    }

    void remove(ControlPlaneProvider provider) {
        controls.remove(provider);
    }

    void remove(ForwardingProvider provider) {
        forwardings.remove(provider);
    }

    Optional<ControlPlaneProvider> control(String kind) {
        return controls.stream().filter(p -> p.kind().equals(kind)).findFirst();
    }

    Optional<ForwardingProvider> forwarding(String kind) {
        return forwardings.stream().filter(p -> p.kind().equals(kind)).findFirst();
    }

    Set<String> forwardingKinds() {
        Set<String> kinds = new TreeSet<>();
        forwardings.forEach(p -> kinds.add(p.kind()));
        return kinds;
    }

    Set<String> controlKinds() {
        Set<String> kinds = new TreeSet<>();
        controls.forEach(p -> kinds.add(p.kind()));
        return kinds;
    }
}
