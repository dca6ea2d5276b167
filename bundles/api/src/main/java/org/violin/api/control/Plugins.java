// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.model.Refused;
import org.violin.api.routing.ControlChange;

/** The plugins of this overlay host, and their replacement while traffic flows. Provided by swap; any thread, may block for a minute. */
@ProviderType
public interface Plugins {
    /** All plugins, also those that are stopped, sorted by role, kind and bundle. */
    List<Plugin> list();

    /**
     * Makes a provider ready here and tries it; what is used stays as it is.
     *
     * @param role {@code tunnel}, {@code switching}, {@code cipher}, {@code routing}, {@code placement} or {@code runtime}
     * @param kind the provider's word; when it is not there, the feature {@code violin-ROLE-KIND} is installed
     * @throws Refused naming what went wrong; nothing of it is left running then
     */
    SwapReport offer(String role, String kind) throws Refused;

    /**
     * Replaces a provider, after it passed its trial: by another kind (of this host, or of one violin on all hosts), or by another bundle
     * of the same kind on this host.
     *
     * @param provider the word of a kind; or a bundle: a path or URL ({@code file:}, {@code mvn:}) of its jar, or
     *     {@code SYMBOLIC-NAME/VERSION} of one in the system repository
     * @param violin whose provider is replaced; {@code VIOLIN/NODE}: that of one vRouter (role {@code routing}); empty: that of this overlay
     *     host. Of routing only the half that the kind is for is replaced; see {@link org.violin.api.routing.RoutingWords}
     * @throws Refused naming what went wrong; the old one goes on then
     */
    SwapReport swap(String role, String provider, Optional<String> violin) throws Refused;

    /**
     * What {@link #swap} with the same arguments would lose now, as far as this overlay host knows, for people to agree to.
     *
     * @return one line each, such as {@code r1: 12 translations of addresses; their connections break}; empty: nothing
     */
    default List<String> losses(String role, String provider, Optional<String> violin) {
        return List.of();
    }

    /**
     * Changes of what vRouters of this overlay host learn their routes from, once they know them again or after a bounded wait.
     *
     * @param violin or {@code VIOLIN/NODE}
     * @param agoMillis how long ago the swap began; older changes are left out
     */
    default List<ControlChange> outages(String violin, long agoMillis) {
        return List.of();
    }

    /**
     * One provider of a role.
     *
     * @param kind its word; {@code -} when it is not known, because the bundle never ran
     * @param bundle symbolic name of its bundle
     * @param state {@code active}, {@code stopped}, {@code failed} or {@code waiting} (for what its component needs)
     * @param ranking of its service
     * @param inUse configured or asked for by a violin, and the first of its kind
     * @param half of role {@code routing}: {@code control} (learns routes), {@code forwarding}, {@code routes} (computes them), joined by
     *     {@code +}; empty: of another role, or not known
     */
    record Plugin(String role, String kind, String bundle, String version, long bundleId, String state, int ranking, boolean inUse,
            String half) {}
}
