// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.model.Refused;

/**
 * A bundle that is to take the place of others of its role and kind: installed beside them, started, tried; then they are stopped, and what
 * they carried goes to it. When it fails it is uninstalled and they never noticed. Used once, by one thread.
 */
final class Newcomer {
    private static final Logger LOG = LoggerFactory.getLogger(Newcomer.class);
    private final BundleContext context;
    private final Guardian guardian;
    private final Role role;
    private final Deadline deadline;
    private final long appearMillis;
    private Bundle bundle;

    Newcomer(BundleContext context, Guardian guardian, Role role, Deadline deadline, long appearMillis) {
        this.context = context;
        this.guardian = guardian;
        this.role = role;
        this.deadline = deadline;
        this.appearMillis = appearMillis;
    }

    /** What came of it. */
    record Outcome(String after, List<String> replaced, Trials.Passed passed) {}

    Outcome replace(String provider, URL jar) throws Refused {
        install(provider, jar);
        List<Bundle> stopped = new ArrayList<>();
        try {
            Trials.Passed passed = tried();
            for (Bundle one : old(passed)) {
                bundle.adapt(BundleStartLevel.class).setStartLevel(one.adapt(BundleStartLevel.class).getStartLevel());
                guardian.leave(one);
                stopped.add(one);
                deadline.call("stop of " + one.getSymbolicName(), appearMillis, () -> {
                    one.stop();
                    return null;
                });
            }
            stopped.forEach(guardian::take);
            guardian.take(bundle);
            return new Outcome(name(bundle), stopped.stream().map(Newcomer::name).toList(), passed);
        } catch (Broken e) {
            stopped.forEach(this::restart);
            uninstall();
            throw new Refused("swap " + role.word(), provider, e.getMessage() + "; it is uninstalled, nothing changed");
        }
    }

    private void install(String provider, URL jar) throws Refused {
        if (context.getBundle(jar.toString()) != null) {
            throw new Refused("swap " + role.word(), provider, "is installed as bundle " + context.getBundle(jar.toString()).getBundleId()
                    + " already; see: bundle:update");
        }
        try (InputStream in = jar.openStream()) {
            bundle = context.installBundle(jar.toString(), in);
            guardian.leave(bundle);
        } catch (IOException | BundleException e) {
            throw new Refused("swap " + role.word(), provider, Deadline.reason(e));
        }
    }

    private Trials.Passed tried() throws Broken {
        deadline.call("start of " + bundle.getSymbolicName(), appearMillis, () -> {
            bundle.start();
            return null;
        });
        ServiceReference<?> service = deadline.until(appearMillis, () -> role.service(bundle));
        if (service == null) throw new Broken("no provider of " + role.word() + " within " + appearMillis + " ms");
        Trials.Passed passed = guardian.trial(role, service);
        if (!passed.usable()) throw new Broken(passed.finding());
        return passed;
    }

    /** Of role routing only those for the same half. */
    private List<Bundle> old(Trials.Passed passed) {
        return guardian.watched().stream()
                .filter(w -> w.bundle != bundle && w.role == role && w.kinds.contains(passed.kind()) && w.bundle.getState() == Bundle.ACTIVE)
                .filter(w -> passed.halves().isEmpty() || w.halves(passed.kind()).isEmpty() || !Collections.disjoint(w.halves(passed.kind()), passed.halves()))
                .map(w -> w.bundle)
                .sorted()
                .toList();
    }

    private void restart(Bundle old) {
        try {
            old.start();
        } catch (BundleException e) {
            LOG.error("{} cannot be started again", name(old), e);
        }
        guardian.take(old);
    }

    private void uninstall() {
        try {
            deadline.call("uninstalling of " + bundle.getSymbolicName(), appearMillis, () -> {
                bundle.uninstall();
                return null;
            });
        } catch (Broken e) {
            LOG.error("{} cannot be uninstalled: {}", name(bundle), e.getMessage());
        }
    }

    private static String name(Bundle of) {
        return of.getSymbolicName() + "/" + of.getVersion();
    }
}
