// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.karaf.features.Feature;
import org.apache.karaf.features.FeaturesService;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.violin.api.model.Refused;

/** Makes sure that a provider of a kind is there: one that runs, a stopped bundle, or a feature of this distribution. Any thread. */
final class Kinds {
    private final Guardian guardian;
    private final Deadline deadline;
    private final FeaturesService features;
    private final long appearMillis;

    /** @param features null outside of Karaf: then only what is installed is there */
    Kinds(Guardian guardian, Deadline deadline, FeaturesService features, long appearMillis) {
        this.guardian = guardian;
        this.deadline = deadline;
        this.features = features;
        this.appearMillis = appearMillis;
    }

    /** @param note what was done to have it; empty: it ran */
    record Ready(Trials.Passed passed, String note) {}

    /** Throws Refused when it cannot be had or fails its trial; what was started or installed for it is stopped or removed then. */
    Ready ready(Role role, String kind) throws Refused {
        Optional<Watched> known = guardian.watched().stream().filter(w -> w.role == role && w.kinds.contains(kind)).findFirst();
        String feature = "violin-" + role.word() + "-" + kind;
        String note = "";
        Undo undo = () -> {};
        try {
            if (service(role, kind).isEmpty()) {
                if (known.isPresent()) {
                    Bundle bundle = known.get().bundle;
                    undo = bundle::stop;
                    bundle.start();
                    note = "bundle " + bundle.getSymbolicName() + " is started";
                } else {
                    install(role, kind, feature);
                    undo = () -> features.uninstallFeature(feature);
                    note = "feature " + feature + " is installed";
                }
            }
            ServiceReference<?> service = deadline.until(appearMillis, () -> service(role, kind).orElse(null));
            if (service == null) throw new Broken("no provider of " + role.word() + " " + kind + " within " + appearMillis + " ms");
            Trials.Passed passed = guardian.trial(role, service);
            if (!passed.usable()) throw new Broken(passed.finding());
            return new Ready(passed, note);
        } catch (Broken | BundleException e) {
            throw new Refused("swap " + role.word(), kind, Deadline.reason(e) + undone(undo, note));
        }
    }

    private interface Undo {
        void run() throws Exception;
    }

    private static String undone(Undo undo, String note) {
        try {
            undo.run();
            return note.isEmpty() ? "" : "; it is stopped or removed again";
        } catch (Exception e) {
            return "; " + note + ", and that cannot be undone: " + Deadline.reason(e);
        }
    }

    private void install(Role role, String kind, String name) throws Refused {
        try {
            Feature feature = features == null ? null : features.getFeature(name);
            if (feature == null) {
                TreeSet<String> there = new TreeSet<>();
                guardian.watched().stream().filter(w -> w.role == role).forEach(w -> there.addAll(w.kinds));
                throw new Refused("swap " + role.word(), kind, "no such provider: there are " + String.join(", ", there)
                        + ", and there is no feature " + name);
            }
            features.installFeature(name, EnumSet.of(FeaturesService.Option.NoAutoRefreshBundles));
        } catch (Refused e) {
            throw e;
        } catch (Exception e) {
            throw new Refused("swap " + role.word(), kind, "feature " + name + " cannot be installed: " + Deadline.reason(e));
        }
    }

    /** The service that is used for that word. Its word is asked from it, so it need not have been on trial. */
    Optional<ServiceReference<?>> service(Role role, String kind) {
        List<ServiceReference<?>> all = guardian.services(role);
        for (ServiceReference<?> service : all) {
            if (guardian.kind(role, service).equals(kind)) return Optional.of(service);
        }
        return Optional.empty();
    }
}
