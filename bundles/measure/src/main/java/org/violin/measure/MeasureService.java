// SPDX-License-Identifier: Apache-2.0
package org.violin.measure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.dataplane.DataPlane;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.measure.Measurements;
import org.violin.api.measure.PathFigure;
import org.violin.api.placement.Distances;

/** {@link Measure} with its threads, as a service. */
@Component(service = Measurements.class, immediate = true, configurationPid = "org.violin.measure")
@Designate(ocd = MeasureService.Config.class)
public final class MeasureService implements Measurements {
    private static final Logger LOG = LoggerFactory.getLogger(MeasureService.class);
    private static final long STOP_SECONDS = 5;

    /** Configuration, PID {@code org.violin.measure}. */
    @ObjectClassDefinition(name = "VIOLIN measurement", description = "How the paths between overlay hosts are measured and told")
    public @interface Config {
        @AttributeDefinition(description = "Time between two looks at the tunnels' counters, milliseconds")
        int intervalMillis() default 1000;

        @AttributeDefinition(description = "Time constant of the slow round-trip time, seconds; loss takes five times as long")
        int slowSeconds() default 60;

        @AttributeDefinition(description = "Up to so many hosts each watches all others; beyond, some of them in turn")
        int probeAll() default 16;

        @AttributeDefinition(description = "Seconds that such a turn takes; the same on all hosts")
        int turnSeconds() default 60;

        @AttributeDefinition(description = "Seconds after which a figure is replaced by an estimate; at least two times what all turns take")
        int staleSeconds() default 120;

        @AttributeDefinition(description = "Seconds between two publications at least")
        int publishSeconds() default 5;

        @AttributeDefinition(description = "Seconds after which figures are published also without a change")
        int refreshSeconds() default 60;

        @AttributeDefinition(description = "Seconds for which the highest rate of traffic is remembered")
        int rateWindowSeconds() default 600;
    }

    private final Measure measure;
    private final ScheduledExecutorService sampler = thread("violin-measure");
    private final ScheduledExecutorService exchanger = thread("violin-measure-state");

    @Activate
    public MeasureService(@Reference Members members, @Reference SharedState state, @Reference DataPlane plane,
            @Reference DataPlaneView view, Config config) {
        Settings settings = Settings.of(config, LOG::warn);
        measure = new Measure(members, state, plane, view, settings, System::nanoTime, System::currentTimeMillis);
        sampler.scheduleAtFixedRate(() -> run(measure::sample), 0, settings.intervalMillis(), TimeUnit.MILLISECONDS);
        exchanger.scheduleWithFixedDelay(() -> run(measure::exchange), 1, 1, TimeUnit.SECONDS);
    }

    @Deactivate
    void stop() throws InterruptedException {
        sampler.shutdownNow();
        exchanger.shutdownNow();
        boolean ended = sampler.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        ended &= exchanger.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        if (!ended) LOG.warn("Measurement still goes on");
        measure.close();
    }

    private static void run(Runnable turn) {
        try {
            turn.run();
        } catch (RuntimeException e) {
            LOG.warn("A turn of the measurement was left out: {}", e.toString(), e);
        }
    }

    private static ScheduledExecutorService thread(String name) {
        return Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public List<PathFigure> figures() {
        return measure.figures();
    }

    @Override
    public Distances distances(List<String> hosts) {
        return measure.distances(hosts);
    }

    @Override
    public Map<String, Long> counters() {
        return measure.counters();
    }
}
