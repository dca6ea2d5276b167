// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.violin.api.control.Routing;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.ForwardingProvider;
import org.violin.api.routing.RoutingWords;

/** What a provider of role routing is for. One provider may be for several. */
enum Half {
    /** Learns the routes. */
    CONTROL(ControlPlaneProvider.class),
    /** Forwards. */
    FORWARDING(ForwardingProvider.class),
    /** Computes the routes from the file; takes the place of a control plane. */
    ROUTES(Routing.class);

    private final Class<?> type;

    Half(Class<?> type) {
        this.type = type;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a provider of another role. */
    static Set<Half> of(Object provider) {
        Set<Half> halves = EnumSet.noneOf(Half.class);
        for (Half half : values()) if (half.type.isInstance(provider)) halves.add(half);
        return Collections.unmodifiableSet(halves);
    }

    /** What a word is for that no provider here says: known ones by {@link RoutingWords}, others are what the kernel is, too. */
    static Set<Half> of(String word) {
        if (RoutingWords.CONTROL.contains(word)) return EnumSet.of(CONTROL);
        boolean only = RoutingWords.FORWARDING.contains(word) && !word.equals(RoutingWords.DEFAULT);
        return only ? EnumSet.of(FORWARDING) : EnumSet.of(FORWARDING, ROUTES);
    }

    /** The provider's own word. */
    static String kind(Object provider) {
        if (provider instanceof ControlPlaneProvider control) return control.kind();
        if (provider instanceof ForwardingProvider forwarding) return forwarding.kind();
        return ((Routing) provider).kind();
    }

    /** What either has. */
    static Set<Half> both(Set<Half> some, Set<Half> others) {
        Set<Half> all = EnumSet.noneOf(Half.class);
        all.addAll(some);
        all.addAll(others);
        return Collections.unmodifiableSet(all);
    }

    /** For people: {@code control+forwarding}; empty for none. */
    static String words(Set<Half> halves) {
        return Arrays.stream(values()).filter(halves::contains).map(Half::word).collect(Collectors.joining("+"));
    }
}
