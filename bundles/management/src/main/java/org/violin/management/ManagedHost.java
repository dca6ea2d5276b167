// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.lang.management.ManagementFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.Members;
import org.violin.api.control.GuestAccess;
import org.violin.api.control.Violins;
import org.violin.api.dataplane.DataPlaneView;
import org.violin.api.measure.Measurements;
import org.violin.api.routing.Routers;

/** Shows this overlay host over JMX, with whatever services are there at the moment. */
@Component(service = {}, immediate = true, configurationPid = "org.violin.management")
@Designate(ocd = ManagedHost.Configuration.class)
public final class ManagedHost {
    /** The keys of {@code etc/org.violin.management.cfg}. */
    @ObjectClassDefinition(name = "VIOLIN management", description = "MXBeans of this overlay host")
    public @interface Configuration {
        @AttributeDefinition(description = "How often MXBeans are made and removed, in seconds")
        int refreshSeconds() default 2;

        @AttributeDefinition(description = "How many MXBeans at most")
        int maxBeans() default 5000;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ManagedHost.class);
    private static final long STOP_SECONDS = 5;

    private final ScheduledExecutorService refresher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "violin-management");
        thread.setDaemon(true);
        return thread;
    });
    private final Registrations registrations;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Members members;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Violins violins;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile DataPlaneView dataPlane;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile GuestAccess guests;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Routers routers;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    volatile Measurements measurements;

    @Activate
    public ManagedHost(Configuration configuration) {
        Sources sources = new Sources(() -> members, () -> violins, () -> dataPlane, () -> guests, () -> routers,
                () -> measurements);
        registrations = new Registrations(ManagementFactory.getPlatformMBeanServer(), sources, new Snapshot(sources, System::nanoTime),
                Math.max(10, configuration.maxBeans()));
        refresher.scheduleWithFixedDelay(this::refresh, 0, Math.max(1, configuration.refreshSeconds()), TimeUnit.SECONDS);
    }

    @Deactivate
    void deactivate() throws InterruptedException {
        refresher.shutdown();
        if (!refresher.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) LOG.warn("a refresh of the MXBeans still goes on");
        registrations.clear();
    }

    private void refresh() {
        try {
            registrations.refresh();
        } catch (RuntimeException e) {
            LOG.warn("the MXBeans stay as they are for now: {}", e.toString());
        }
    }
}
