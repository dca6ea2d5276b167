// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.violin.api.control.Routing;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.SwitchProvider;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.placement.PlacementStrategy;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.ForwardingProvider;

/** What plugins are for. The word of a role is the first one of its bundles' and features' names: {@code violin-routing-kernel}. */
enum Role {
    TUNNEL(TunnelProvider.class),
    SWITCHING(SwitchProvider.class),
    CIPHER(CipherProvider.class),
    ROUTING(Routing.class, ControlPlaneProvider.class, ForwardingProvider.class),
    PLACEMENT(PlacementStrategy.class),
    RUNTIME(GuestRuntime.class);

    /** The capability by which bnd says in a manifest which services a component will offer. */
    private static final String SERVICES = "osgi.service";

    /** The services of its providers; of routing the halves: see {@link Half}. */
    final List<Class<?>> types;

    Role(Class<?>... types) {
        this.types = List.of(types);
    }

    private boolean isOneOf(List<?> services) {
        return types.stream().anyMatch(t -> services.contains(t.getName()));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> byWord(String word) {
        return Arrays.stream(values()).filter(r -> r.word().equals(word)).findFirst();
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Role::word).toList();
    }

    static Optional<Role> of(ServiceReference<?> reference) {
        List<String> offered = List.of((String[]) reference.getProperty(Constants.OBJECTCLASS));
        return Arrays.stream(values()).filter(r -> r.isOneOf(offered)).findFirst();
    }

    /** The role that a bundle has or, by its manifest, will have when it runs. */
    static Optional<Role> of(Bundle bundle) {
        ServiceReference<?>[] services = bundle.getState() == Bundle.UNINSTALLED ? null : bundle.getRegisteredServices();
        if (services != null) {
            for (ServiceReference<?> service : services) {
                Optional<Role> role = of(service);
                if (role.isPresent()) return role;
            }
        }
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision == null) return Optional.empty();
        for (BundleCapability capability : revision.getDeclaredCapabilities(SERVICES)) {
            Object offered = capability.getAttributes().get(Constants.OBJECTCLASS);
            List<?> names = offered instanceof List<?> list ? list : List.of(String.valueOf(offered));
            Optional<Role> role = Arrays.stream(values()).filter(r -> r.isOneOf(names)).findFirst();
            if (role.isPresent()) return role;
        }
        return Optional.empty();
    }

    /** The first service of this role that the bundle offers; null: none. */
    ServiceReference<?> service(Bundle bundle) {
        ServiceReference<?>[] services = bundle.getState() == Bundle.UNINSTALLED ? null : bundle.getRegisteredServices();
        for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
            if (of(service).filter(r -> r == this).isPresent()) return service;
        }
        return null;
    }

    /** The provider's own word. */
    String kind(Object provider) {
        return switch (this) {
            case TUNNEL -> ((TunnelProvider) provider).kind();
            case SWITCHING -> ((SwitchProvider) provider).kind();
            case CIPHER -> ((CipherProvider) provider).kind();
            case ROUTING -> Half.kind(provider);
            case PLACEMENT -> ((PlacementStrategy) provider).kind();
            case RUNTIME -> ((GuestRuntime) provider).kind();
        };
    }
}
