// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.violin.api.cluster.Admission;
import org.violin.api.cluster.Identity;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.control.Events;

/** The service Admission; and the service Identity from the moment this host is admitted. */
@Component(
        service = Admission.class,
        immediate = true,
        configurationPid = "org.violin.trust",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.violin.api.cluster.Identity\"")
@Designate(ocd = TrustedHost.Configuration.class)
public final class TrustedHost implements Admission {
    /** The keys of {@code etc/org.violin.trust.cfg}. */
    @ObjectClassDefinition(name = "VIOLIN trust", description = "This overlay host's keys and the lab's authority")
    public @interface Configuration {
        @AttributeDefinition(description = "Name of this overlay host, different from all others")
        String name();

        @AttributeDefinition(description = "IP address of this host on the underlay")
        String address();

        @AttributeDefinition(description = "Folder of keys; empty: keys in the container's folder", required = false)
        String folder() default "";

        @AttributeDefinition(description = "HOST[:PORT] of the authority; empty: this host is the authority", required = false)
        String join() default "";

        @AttributeDefinition(description = "TCP port of the authority for new hosts")
        int port() default 4791;

        @AttributeDefinition(description = "File with the token to join with; removed once used. Empty: token in the folder of keys",
                required = false)
        String tokenFile() default "";
    }

    private final HostTrust trust;
    private final BundleContext context;
    private ServiceRegistration<Identity> registration;
    private boolean stopped;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile EventAdmin eventAdmin;

    /** Returns at once; joining goes on in the background. Throws IllegalArgumentException for what is wrong in the configuration. */
    @Activate
    public TrustedHost(BundleContext context, Configuration configuration) {
        this.context = context;
        Path folder = configuration.folder().isEmpty()
                ? Path.of(System.getProperty("karaf.base", ".")).resolve("keys") : Path.of(configuration.folder());
        Path tokenFile = configuration.tokenFile().isEmpty() ? folder.resolve("token") : Path.of(configuration.tokenFile());
        Settings settings = new Settings(configuration.name(), configuration.address(), folder, configuration.join(),
                configuration.port(), tokenFile);
        trust = new HostTrust(settings, Clock.systemUTC(), new Guard(Guard.Limits.USUAL, System::nanoTime), this::post, this::register);
        trust.start();
    }

    @Deactivate
    void deactivate() {
        trust.close();
        synchronized (this) {
            stopped = true;
            if (registration != null) registration.unregister();
            registration = null;
        }
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setMembers(Members members) {
        trust.members(members);
    }

    void unsetMembers(Members members) {
        trust.membersGone(members);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setState(SharedState state) {
        trust.state(state);
    }

    void unsetState(SharedState state) {
        trust.stateGone(state);
    }

    @Override
    public boolean authority() {
        return trust.authority();
    }

    @Override
    public String token(String host, Duration validFor) throws StateException {
        return trust.token(host, validFor);
    }

    @Override
    public List<Token> tokens() {
        return trust.tokens();
    }

    @Override
    public void expel(String host) throws StateException {
        trust.expel(host);
    }

    @Override
    public List<String> expelled() {
        return trust.expelled();
    }

    /** A new identity takes the place of the one before. */
    private void register(HostIdentity identity) {
        ServiceRegistration<Identity> fresh = context.registerService(Identity.class, identity, null);
        ServiceRegistration<Identity> old;
        synchronized (this) {
            old = stopped ? fresh : registration;
            registration = stopped ? null : fresh;
        }
        if (old != null) old.unregister();
    }

    private void post(String topic, String subject, String text) {
        EventAdmin admin = eventAdmin;
        if (admin != null) admin.postEvent(new Event(Events.TOPIC + topic, Map.of("subject", subject, "text", text)));
    }
}
