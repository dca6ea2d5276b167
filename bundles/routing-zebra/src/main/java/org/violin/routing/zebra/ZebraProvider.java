// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.model.Mistake;
import org.violin.api.model.Probe;
import org.violin.api.routing.ControlPlane;
import org.violin.api.routing.ControlPlaneProvider;
import org.violin.api.routing.RouterSink;
import org.violin.api.routing.RouterSpec;

/** Routers that run FRR's daemons in their guests. Called by {@code routers}; any thread. */
@Component
public final class ZebraProvider implements ControlPlaneProvider {
    private static final int THREADS = 2;

    private final Installation frr;
    private final DaemonWatch watch;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<ZebraRouter> open = ConcurrentHashMap.newKeySet();

    /** Looks for FRR on this overlay host; one that is missing is told by {@link #probe}. */
    @Activate
    public ZebraProvider() {
        this(Installation.find(Path.of("/")));
    }

    ZebraProvider(Installation frr) {
        this.frr = frr;
        try {
            watch = new DaemonWatch();
        } catch (IOException e) {
            throw new UncheckedIOException("epoll: " + e.getMessage(), e);
        }
        timer = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, "frr supervision");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** All routers are let go; their daemons run on. */
    @Deactivate
    public void deactivate() {
        open.forEach(ZebraRouter::close);
        timer.shutdownNow();
        watch.close();
    }

    @Override
    public String kind() {
        return "zebra";
    }

    @Override
    public Probe probe() {
        return frr.probe();
    }

    @Override
    public Set<String> protocols() {
        return Set.of("ospf", "bgp", "rip", "isis", "pim", "static");
    }

    @Override
    public List<Mistake> check(RouterSpec spec) {
        List<Mistake> found = new ArrayList<>(Settings.mistakes(spec));
        for (Daemon d : found.isEmpty() ? ConfigWriter.write(spec).daemons() : Set.<Daemon>of()) {
            if (!frr.has(d)) found.add(new Mistake(spec.id().toString(), 0, d.program(), "not found in " + frr.folder() + "; " + Installation.CURE));
        }
        if (!found.isEmpty()) return found;
        try {
            found.addAll(new TextCheck(frr.vtysh()).check(spec.id().toString(), ConfigWriter.generated(spec).text(), spec.startupConfig()));
        } catch (IOException e) {
            found.add(new Mistake(spec.id().toString(), 0, "zebra", "FRR's syntax check: " + e.getMessage()));
        }
        return found;
    }

    @Override
    public ControlPlane open(RouterSpec spec, Guest guest, RouterSink sink) throws GuestException {
        ZebraRouter router = new ZebraRouter(guest, new GuestDaemons(guest, frr), sink, watch, timer, open::remove);
        List<String> complaints = router.open(spec);
        open.add(router);
        if (!complaints.isEmpty()) sink.event("router/config", spec.id() + ": " + String.join("; ", complaints));
        return router;
    }
}
