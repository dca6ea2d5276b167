// SPDX-License-Identifier: Apache-2.0
package org.violin.routers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.violin.api.model.Mistake;
import org.violin.api.model.NodeSpec;
import org.violin.api.model.Probe;
import org.violin.api.model.ViolinSpec;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RouterSpec;
import org.violin.api.routing.RoutingWords;
import org.violin.api.routing.ServiceProvider;

/** What is wrong with the vRouters of a spec, before it is stored: unknown plugins, missing tools, and what the tools themselves say. */
final class Checks {
    private final Plugins plugins;
    private final ViolinSpec violin;
    private final Derivation derivation;
    private final List<Mistake> mistakes = new ArrayList<>();
    private final Map<String, Boolean> usable = new HashMap<>();

    Checks(Plugins plugins, ViolinSpec violin) {
        this.plugins = plugins;
        this.violin = violin;
        derivation = new Derivation(violin, plugins.controlKinds(), plugins.computingKinds());
    }

    List<Mistake> run() {
        Map<String, String> ids = new HashMap<>();
        for (NodeSpec node : violin.nodes()) {
            if (!derivation.isRouter(node)) continue;
            try {
                if (!derivation.special(node)) continue;
                RouterSpec router = derivation.spec(node, List.of());
                String twin = ids.put(router.routerId(), node.name());
                if (twin != null) add(node, router.routerId(), "router-id: " + twin + " has it already; give one of them another: router-id: A.B.C.D");
                check(node, router);
            } catch (IllegalArgumentException e) {
                add(node, "routing", String.valueOf(e.getMessage()));
            }
        }
        return mistakes;
    }

    private void check(NodeSpec node, RouterSpec router) {
        if (!router.control().isEmpty()) {
            Optional<ControlPlaneProvider> provider = plugins.control(router.control());
            if (isUsable("control plane", router.control(), provider.map(ControlPlaneProvider::probe))) {
                Set<String> cannot = new TreeSet<>(router.protocols());
                cannot.removeAll(provider.get().protocols());
                if (!cannot.isEmpty()) add(node, String.join("+", cannot), "the control plane " + router.control() + " speaks only "
                        + String.join(", ", new TreeSet<>(provider.get().protocols())));
                mistakes.addAll(provider.get().check(router));
            }
        }
        Optional<ForwardingProvider> provider = plugins.forwarding(router.forwarding());
        boolean kernel = router.forwarding().equals("kernel") && provider.isEmpty();
        if (!kernel && isUsable("forwarding", router.forwarding(), provider.map(ForwardingProvider::probe))) {
            mistakes.addAll(provider.get().check(router));
        }
        if (!kernel && provider.isEmpty()) return; // services would be judged by a word that means nothing
        router.services().forEach((kind, settings) -> {
            Optional<ServiceProvider> service = plugins.service(kind);
            // A forwarding that does the service itself has said what it cannot; its plugin works in the kernel beside it.
            RouterSpec judged = provider.isPresent() && provider.get().services().contains(kind) ? router.forwardedBy("kernel") : router;
            if (isUsable("service", kind, service.map(ServiceProvider::probe))) mistakes.addAll(service.get().check(judged, settings));
        });
    }

    /** Told once for each kind, not for each router. */
    private boolean isUsable(String half, String kind, Optional<Probe> probe) {
        Boolean known = usable.get(half + kind);
        if (known != null) return known;
        boolean good = probe.isPresent() && probe.get().usable();
        usable.put(half + kind, good);
        boolean never = probe.isEmpty() && half.equals("forwarding") && !RoutingWords.FORWARDING.contains(kind);
        if (never) mistakes.add(new Mistake(violin.name(), 0, kind, "nothing of that kind is installed on this overlay host; there are " + plugins.words()
                + ". A plugin of your own: install its bundle first"));
        else if (probe.isEmpty()) mistakes.add(new Mistake(violin.name(), 0, kind, "no " + half + " of that kind on this overlay host; install it: "
                + "feature:install " + (half.equals("service") ? "violin-router-services" : "violin-routing-" + kind)));
        else if (!good) mistakes.add(new Mistake(violin.name(), 0, kind, half + ": " + probe.get().finding() + ". " + probe.get().cure()));
        return good;
    }

    private void add(NodeSpec node, String value, String rule) {
        mistakes.add(new Mistake(violin.name() + "/" + node.name(), 0, value, rule));
    }
}
