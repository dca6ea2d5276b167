// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Identity;
import org.violin.api.cluster.Members;
import org.violin.api.cluster.SharedState;
import org.violin.api.cluster.StateException;
import org.violin.api.control.Events;
import org.violin.api.guest.GuestRuntime;

/** This overlay host, joined to the others: the services Members and SharedState. */
@Component(
        service = {Members.class, SharedState.class},
        immediate = true,
        configurationPid = "org.violin.members",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = JoinedHost.Configuration.class)
public final class JoinedHost implements Members, SharedState {
    /** The keys of {@code etc/org.violin.members.cfg}. */
    @ObjectClassDefinition(name = "VIOLIN members", description = "This overlay host and how it joins the others")
    public @interface Configuration {
        @AttributeDefinition(description = "Name of this overlay host, the one it was admitted under")
        String name();

        @AttributeDefinition(description = "IP address of this host on the underlay")
        String address();

        @AttributeDefinition(description = "HOST[:PORT] of the first host, or HOST:PORT,HOST:PORT of other ZooKeeper servers; "
                + "empty: this is the first host and runs the server", required = false)
        String join() default "";

        @AttributeDefinition(description = "TCP port of ZooKeeper")
        int zookeeperPort() default 2181;

        @AttributeDefinition(description = "UDP port of the tunnels to this host")
        int tunnelPort() default 4790;

        @AttributeDefinition(description = "TCP port for commands of the other hosts, over TLS")
        int controlPort() default 4792;

        @AttributeDefinition(description = "TCP port of this container's JMX registry")
        int jmxPort() default 1099;

        @AttributeDefinition(description = "Cores to lend; 0: all")
        double cpus() default 0;

        @AttributeDefinition(description = "Memory to lend, in MiB; 0: all")
        long memoryMegabytes() default 0;

        @AttributeDefinition(description = "What placement should know of this host: NAME=VALUE,NAME=VALUE, such as "
                + "site=berlin,country=de,up=100M,down=1G,slots=50; may be changed while the host runs", required = false)
        String labels() default "";
    }

    private static final Logger LOG = LoggerFactory.getLogger(JoinedHost.class);
    private final Cluster cluster;
    private final Map<String, Object> joinedWith;
    private final Map<GuestRuntime, String> runtimes = new ConcurrentHashMap<>();

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile EventAdmin eventAdmin;

    /** Returns at once; joining goes on in the background. Throws IllegalArgumentException for what is wrong in the configuration. */
    @Activate
    public JoinedHost(BundleContext context, Configuration configuration, @Reference Identity identity) {
        joinedWith = fixed(configuration);
        Path data = Path.of(System.getProperty("karaf.data", "data"));
        Settings settings = new Settings(configuration.name(), configuration.address(), configuration.join(),
                configuration.zookeeperPort(), data);
        cluster = new Cluster(settings, info(configuration, context.getBundle().getVersion().toString(), identity), identity, this::post);
        cluster.start();
    }

    /** Called when the configuration has changed: labels are announced again; anything else takes another start, which is logged. */
    @Modified
    void modified(Configuration configuration) {
        if (!fixed(configuration).equals(joinedWith)) {
            LOG.warn("{} has changed; what is not about labels takes effect at the next start of this host", Settings.FILE);
        }
        try {
            cluster.labels(Labels.parse(configuration.labels()));
        } catch (IllegalArgumentException e) {
            LOG.error("{}; the labels stay as they were: {}", e.getMessage(), cluster.self().labels());
        }
    }

    /** All but the labels. */
    private static Map<String, Object> fixed(Configuration c) {
        return Map.of("name", c.name(), "address", c.address(), "join", c.join(), "zookeeperPort", c.zookeeperPort(), "tunnelPort", c.tunnelPort(),
                "controlPort", c.controlPort(), "jmxPort", c.jmxPort(), "cpus", c.cpus(), "memoryMegabytes", c.memoryMegabytes());
    }

    @Deactivate
    void deactivate() {
        cluster.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addRuntime(GuestRuntime runtime) {
        runtimes.put(runtime, "");
        cluster.later(() -> {
            String kind = runtime.probe().usable() ? runtime.kind() : "";
            runtimes.computeIfPresent(runtime, (r, old) -> kind);
            announceRuntimes();
        });
    }

    void removeRuntime(GuestRuntime runtime) {
        runtimes.remove(runtime);
        announceRuntimes();
    }

    @Override
    public HostInfo self() {
        return cluster.self();
    }

    @Override
    public List<HostInfo> hosts() {
        return cluster.hosts();
    }

    @Override
    public boolean leader() {
        return cluster.leader();
    }

    @Override
    public boolean connected() {
        return cluster.connected();
    }

    @Override
    public String trouble() {
        return cluster.trouble();
    }

    @Override
    public AutoCloseable listen(Runnable changed) {
        return cluster.listen(changed);
    }

    @Override
    public Optional<Value> read(String path) throws StateException {
        return cluster.state().read(path);
    }

    @Override
    public int write(String path, byte[] data, int expectedVersion) throws StateException {
        return cluster.state().write(path, data, expectedVersion);
    }

    @Override
    public void delete(String path) throws StateException {
        cluster.state().delete(path);
    }

    @Override
    public List<String> children(String path) throws StateException {
        return cluster.state().children(path);
    }

    @Override
    public AutoCloseable watch(String path, Consumer<String> changed) {
        return cluster.state().watch(path, changed);
    }

    @Override
    public Optional<AutoCloseable> lock(String name, Duration wait) throws StateException {
        return cluster.state().lock(name, wait);
    }

    private void announceRuntimes() {
        cluster.runtimes(runtimes.values().stream().filter(kind -> !kind.isEmpty()).distinct().sorted().toList());
    }

    private void post(String topic, String subject, String text) {
        EventAdmin admin = eventAdmin;
        if (admin != null) admin.postEvent(new Event(Events.TOPIC + topic, Map.of("subject", subject, "text", text)));
    }

    private static HostInfo info(Configuration c, String version, Identity identity) {
        Instant now = Instant.now();
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        double cpus = c.cpus() > 0 ? c.cpus() : Runtime.getRuntime().availableProcessors();
        long memoryBytes = c.memoryMegabytes() > 0 ? c.memoryMegabytes() << 20 : machineMemoryBytes();
        return new HostInfo(c.name(), c.address(), c.tunnelPort(), c.controlPort(), c.jmxPort(), cpus, memoryBytes, List.of(), version,
                micros, now.toEpochMilli(), identity.certificate(), Labels.parse(c.labels()));
    }

    /** MemTotal of proc(5) meminfo; where there is none, what this JVM may take. */
    private static long machineMemoryBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemTotal:")) return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        } catch (IOException | NumberFormatException e) {
            return Runtime.getRuntime().maxMemory();
        }
        return Runtime.getRuntime().maxMemory();
    }
}
