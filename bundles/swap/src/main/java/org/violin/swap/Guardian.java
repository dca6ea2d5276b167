// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.BundleListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the plugin bundles. Content whose providers pass their trial is kept; content that came by an update and does not bring them
 * within the time, or fails, is replaced by the last that was good: once for each update. A bundle that was stopped on purpose is left
 * alone. All is done on one thread; listeners only wake it.
 */
final class Guardian implements BundleListener, ServiceListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guardian.class);
    private static final long LOOK_MILLIS = 100;
    private static final long AGAIN_MILLIS = 60_000;

    /**
     * @param appearMillis within which a provider must be there after an update or start
     * @param trialMillis within which it must pass its trial
     */
    record Times(long appearMillis, long trialMillis) {
        static final Times USUAL = new Times(10_000, 5_000);
    }

    private final BundleContext context;
    private final Contents contents;
    private final Components components;
    private final Announcer announcer;
    private final Times times;
    private final Deadline deadline;
    private final Map<Long, Watched> watched = new ConcurrentHashMap<>();
    private final Set<Long> left = ConcurrentHashMap.newKeySet();
    /** What was there before the guardian: never stopped by it, for a busy start is no fault. */
    private final Set<Long> settled = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor worker;

    Guardian(BundleContext context, Path folder, Announcer announcer, Deadline deadline, Times times) {
        this.context = context;
        this.contents = new Contents(folder);
        this.components = new Components(context);
        this.announcer = announcer;
        this.deadline = deadline;
        this.times = times;
        this.worker = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "violin-swap");
            thread.setDaemon(true);
            return thread;
        });
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    void start() {
        context.addBundleListener(this);
        context.addServiceListener(this);
        for (Bundle bundle : context.getBundles()) {
            settled.add(bundle.getBundleId());
            later(0, () -> arrived(bundle));
        }
    }

    @Override
    public void close() {
        context.removeBundleListener(this);
        context.removeServiceListener(this);
        worker.shutdownNow();
    }

    /** The plugin bundles that were seen. */
    Collection<Watched> watched() {
        return List.copyOf(watched.values());
    }

    /** Somebody else tries this bundle now: hands off. */
    void leave(Bundle bundle) {
        left.add(bundle.getBundleId());
    }

    /** It is the guardian's again. */
    void take(Bundle bundle) {
        left.remove(bundle.getBundleId());
        later(0, () -> arrived(bundle));
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        switch (event.getType()) {
            case BundleEvent.STARTED, BundleEvent.UPDATED -> later(0, () -> arrived(bundle));
            case BundleEvent.STOPPED -> later(0, () -> stopped(bundle));
            case BundleEvent.UNINSTALLED -> later(0, () -> gone(bundle));
            default -> { }
        }
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        if (event.getType() != ServiceEvent.REGISTERED || Role.of(event.getServiceReference()).isEmpty()) return;
        Bundle bundle = event.getServiceReference().getBundle();
        if (bundle != null) later(0, () -> offered(bundle));
    }

    /** It may have waited for something, or nobody knew that it is a plugin. */
    private void offered(Bundle bundle) {
        Watched w = watched.get(bundle.getBundleId());
        if (w == null || w.waiting || w.kinds.isEmpty() || !w.failure.isEmpty()) arrived(bundle);
    }

    private void later(long millis, Runnable task) {
        try {
            worker.schedule(() -> guarded(task), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Stopped, so not done: {}", task);
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.error("The guardian of plugins failed at one; it goes on", e);
        }
    }

    private boolean ending() {
        return context.getBundle(0).getState() != Bundle.ACTIVE;
    }

    /** True when it runs unless something went wrong: {@code bundle:stop} takes that away, an update does not. */
    private static boolean wanted(Bundle bundle) {
        BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
        return level != null && level.isPersistentlyStarted();
    }

    private void arrived(Bundle bundle) {
        if (ending() || bundle.getState() == Bundle.UNINSTALLED || left.contains(bundle.getBundleId())) return;
        Watched w = watched.get(bundle.getBundleId());
        if (w == null) {
            Optional<Role> role = Role.of(bundle);
            if (role.isEmpty()) return;
            w = new Watched(bundle, role.get());
            w.goodStamp = contents.lastStamp(bundle).orElse(0);
            watched.put(bundle.getBundleId(), w);
        }
        w.stopped = false;
        w.waiting = false;
        w.dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(times.appearMillis());
        look(w);
    }

    private void look(Watched w) {
        if (w.pending) return;
        w.pending = true;
        later(0, () -> step(w));
    }

    private void step(Watched w) {
        w.pending = false;
        if (ending() || w.bundle.getState() == Bundle.UNINSTALLED || !wanted(w.bundle)) return;
        long stamp = w.bundle.getLastModified();
        try {
            Set<String> kinds = tried(w);
            if (kinds.isEmpty()) {
                Optional<String> failure = components.failure(w.bundle);
                if (failure.isPresent()) throw new Broken(failure.get());
                if (System.nanoTime() - w.dueNanos > 0) {
                    if (stamp == w.goodStamp || contents.last(w.bundle).isEmpty()) w.waiting = !components.missing(w.bundle).isEmpty();
                    if (w.waiting) return;
                    throw new Broken(missing(w));
                }
                w.pending = true;
                later(LOOK_MILLIS, () -> step(w));
                return;
            }
            if (stamp == w.bundle.getLastModified()) trust(w, kinds, stamp);
        } catch (Broken e) {
            if (stamp == w.bundle.getLastModified() && wanted(w.bundle)) broken(w, e.getMessage());
        }
    }

    /** The kinds of the bundle's providers, all of which passed; empty: there is none yet. */
    private Set<String> tried(Watched w) throws Broken {
        Set<String> kinds = new TreeSet<>();
        Map<String, Set<Half>> halves = new HashMap<>();
        ServiceReference<?>[] services = w.bundle.getRegisteredServices();
        for (ServiceReference<?> service : services == null ? new ServiceReference<?>[0] : services) {
            Optional<Role> role = Role.of(service);
            if (role.isEmpty()) continue;
            try {
                Trials.Passed passed = trial(role.get(), service);
                kinds.add(passed.kind());
                halves.merge(passed.kind(), passed.halves(), Half::both);
            } catch (Broken e) {
                if (service.getBundle() == null || w.bundle.getState() != Bundle.ACTIVE) return Set.of(); // it went while it was on trial
                throw e;
            }
        }
        if (kinds.isEmpty() || kinds.containsAll(w.kinds)) {
            if (!kinds.isEmpty()) w.halves = Map.copyOf(halves);
            return kinds;
        }
        throw new Broken("it provides " + w.role.word() + " " + String.join(", ", kinds) + ", no longer " + String.join(", ", w.kinds));
    }

    /** Tries one provider. Any thread. */
    Trials.Passed trial(Role role, ServiceReference<?> service) throws Broken {
        Bundle bundle = service.getBundle();
        return deadline.call("trial of " + (bundle == null ? role.word() : bundle.getSymbolicName()), times.trialMillis(), () -> {
            Object provider = context.getService(service);
            if (provider == null) throw new Broken(bundle == null ? "it is gone" : components.silence(bundle));
            try {
                return Trials.run(role, provider);
            } finally {
                context.ungetService(service);
            }
        });
    }

    /** The services of a role, the one that is used first. Any thread. */
    List<ServiceReference<?>> services(Role role) {
        try {
            Set<ServiceReference<?>> found = new HashSet<>();
            for (Class<?> type : role.types) {
                ServiceReference<?>[] all = context.getAllServiceReferences(type.getName(), null);
                if (all != null) found.addAll(List.of(all));
            }
            List<ServiceReference<?>> sorted = new ArrayList<>(found);
            sorted.sort(Comparator.reverseOrder()); // by ranking, then by age, as the engine chooses
            return sorted;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The word of a provider; empty when it does not say. Any thread. */
    String kind(Role role, ServiceReference<?> service) {
        try {
            return deadline.call("kind of " + role.word(), times.trialMillis(), () -> {
                Object provider = context.getService(service);
                if (provider == null) return "";
                try {
                    return String.valueOf(role.kind(provider));
                } finally {
                    context.ungetService(service);
                }
            });
        } catch (Broken e) {
            return "";
        }
    }

    /** What a word of role routing is for, by the providers that were seen; empty: none was. Any thread. */
    Set<Half> halves(String kind) {
        Set<Half> halves = Set.of();
        for (Watched w : watched.values()) halves = Half.both(halves, w.halves(kind));
        return halves;
    }

    private String missing(Watched w) {
        List<String> reasons = new ArrayList<>();
        if (w.bundle.getState() != Bundle.ACTIVE) {
            try {
                deadline.call("start of " + w.bundle.getSymbolicName(), times.trialMillis(), () -> {
                    w.bundle.start();
                    return null;
                });
            } catch (Broken e) {
                reasons.add(e.getMessage());
            }
        }
        reasons.addAll(components.missing(w.bundle));
        return "no provider of " + w.role.word() + " within " + times.appearMillis() + " ms" + (reasons.isEmpty() ? "" : ": " + String.join("; ", reasons));
    }

    private void trust(Watched w, Set<String> kinds, long stamp) {
        boolean first = w.kinds.isEmpty() && w.goodStamp == 0;
        boolean changed = w.goodStamp != stamp;
        w.trusted(kinds, stamp);
        try {
            contents.keep(w.bundle, stamp);
        } catch (IOException e) {
            LOG.warn("The content of {} is not kept, so an update cannot be rolled back: {}", w.name(), e.toString());
        }
        if (changed && !first) announce(w, "updated", w.name() + " passed its trial");
        else LOG.debug("{} {} passed its trial", w, w.name());
    }

    private void broken(Watched w, String reason) {
        if (ending()) return;
        boolean known = reason.equals(w.failure);
        w.failure = reason;
        long stamp = w.bundle.getLastModified();
        Optional<Path> good = contents.last(w.bundle);
        if (stamp != w.goodStamp && stamp != w.ourStamp && good.isPresent()) {
            rollBack(w, good.get(), reason);
        } else if (stamp != w.goodStamp && !settled.contains(w.bundle.getBundleId()) && others(w)) {
            refuse(w, reason);
        } else {
            if (!known) announce(w, "failed", w.name() + ": " + reason);
            later(AGAIN_MILLIS, () -> offered(w.bundle)); // a busy host may have been too slow
        }
    }

    private boolean others(Watched w) {
        return watched.values().stream().anyMatch(o -> o != w && o.role == w.role && o.goodStamp != 0 && o.bundle.getState() == Bundle.ACTIVE);
    }

    private void refuse(Watched w, String reason) {
        try {
            deadline.call("stop of " + w.bundle.getSymbolicName(), times.appearMillis(), () -> {
                w.bundle.stop();
                return null;
            });
            w.stopped = true;
            announce(w, "refused", w.name() + " is stopped: " + reason);
        } catch (Broken e) {
            announce(w, "failed", w.name() + ": " + reason + "; and it cannot be stopped: " + e.getMessage());
        }
    }

    private void rollBack(Watched w, Path good, String reason) {
        String bad = w.name();
        try {
            deadline.call("roll-back of " + w.bundle.getSymbolicName(), times.appearMillis(), () -> {
                try (InputStream in = Files.newInputStream(good)) {
                    w.bundle.update(in);
                }
                refresh(w.bundle);
                if (w.bundle.getState() != Bundle.ACTIVE) w.bundle.start();
                return null;
            });
            w.ourStamp = w.bundle.getLastModified();
            contents.restamp(w.bundle, good);
            w.goodStamp = w.ourStamp;
            announce(w, "rolled-back", bad + " is rolled back to " + w.name() + ": " + reason);
        } catch (Broken | IOException e) {
            w.ourStamp = w.bundle.getLastModified();
            announce(w, "failed", bad + ": " + reason + "; rolling back failed: " + e.getMessage());
        }
    }

    /** Lets go of the classes of the content before; waits until that is done. */
    private void refresh(Bundle bundle) throws BundleException {
        FrameworkWiring wiring = context.getBundle(0).adapt(FrameworkWiring.class);
        if (!wiring.getRemovalPendingBundles().contains(bundle)) return;
        CountDownLatch done = new CountDownLatch(1);
        wiring.refreshBundles(List.of(bundle), event -> done.countDown());
        try {
            if (!done.await(times.appearMillis(), TimeUnit.MILLISECONDS)) throw new BundleException("the refresh of " + bundle + " has no end");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BundleException("interrupted", e);
        }
    }

    private void stopped(Bundle bundle) {
        Watched w = watched.get(bundle.getBundleId());
        if (w == null || ending() || w.stopped || left.contains(bundle.getBundleId()) || wanted(bundle) || bundle.getState() == Bundle.UNINSTALLED) return;
        w.stopped = true;
        String rest = others(w) ? "others of this role go on" : "this role has no provider now; what runs goes on, frames wait";
        announce(w, "stopped", w.name() + " was stopped; " + rest);
    }

    private void gone(Bundle bundle) {
        Watched w = watched.remove(bundle.getBundleId());
        if (w == null || ending()) return;
        try {
            contents.forget(bundle);
        } catch (IOException e) {
            LOG.warn("Kept contents of {} are not deleted: {}", w.name(), e.toString());
        }
        announce(w, "uninstalled", w.name() + " was uninstalled");
    }

    private void announce(Watched w, String topic, String text) {
        LOG.info("{}: {}", w, text);
        announcer.announce(topic, w.bundle.getSymbolicName(), w + ": " + text);
    }
}
