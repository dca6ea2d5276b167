// SPDX-License-Identifier: Apache-2.0
package org.violin.runtime.netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.guest.Guest;
import org.violin.api.guest.GuestException;
import org.violin.api.guest.GuestRuntime;
import org.violin.api.guest.GuestSpec;
import org.violin.api.model.Cidr;
import org.violin.api.model.NodeId;
import org.violin.api.model.Probe;

/**
 * Runs vHosts and vRouters in Linux namespaces. Guests outlive this object and the JVM; {@link #adopt} finds them again. Everything is
 * below {@code <karaf.data>/guests}; names beginning with a dot there are not violins (see {@link org.violin.api.model.Names}).
 */
@Component(configurationPid = "org.violin.runtime.netns")
@Designate(ocd = NetnsConfig.class)
public final class NetnsRuntime implements GuestRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(NetnsRuntime.class);

    private final Path guests;
    private final NetnsConfig config;
    private final HostsFiles hosts;
    private final String group;
    private volatile Cgroups cgroups;
    /** Made when first needed, because a host that cannot run guests must still be able to say so. */
    private volatile Launcher launcher;
    private volatile Path skeleton;

    @Activate
    public NetnsRuntime(NetnsConfig config) {
        this(Path.of(System.getProperty("karaf.data"), "guests"), config);
    }

    NetnsRuntime(Path guests, NetnsConfig config) {
        this.guests = guests.toAbsolutePath().normalize();
        this.config = config;
        this.hosts = new HostsFiles(this.guests.resolve(".hosts"));
        this.group = "violin-" + Integer.toHexString(this.guests.toString().hashCode());
        this.cgroups = Cgroups.find(group);
    }

    @Override
    public String kind() {
        return "netns";
    }

    @Override
    public Probe probe() {
        Probe needs = new Requirements(Path.of("/")).probe();
        if (!needs.usable()) return needs;
        try {
            prepare();
            String complaint = launcher.check();
            if (!complaint.isEmpty()) return Probe.missing(complaint, "run ./violin doctor outside of containers, or in a privileged one");
        } catch (IOException e) {
            return Probe.missing(e.getMessage(), "build VIOLIN on this machine: mvn package");
        }
        if (cgroups.missing().isEmpty()) return needs;
        return Probe.ok(needs.finding() + "; without cgroup " + String.join(", ", cgroups.missing()) + " those limits are not enforced");
    }

    private void prepare() throws IOException {
        if (launcher != null) return;
        synchronized (this) {
            if (launcher != null) return;
            // For nobody else: overlayfs reaches the folders with the rights of whoever mounted it, not with the guest's.
            Files.createDirectories(guests);
            Files.setPosixFilePermissions(guests, PosixFilePermissions.fromString("rwx------"));
            if (cgroups.missing().size() == Cgroups.CONTROLLERS.size()) {
                Cgroups.mount();
                cgroups = Cgroups.find(group);
            }
            Files.createDirectories(guests.resolve(".hosts"));
            Files.createDirectories(guests.resolve(".bin"));
            Path fresh = guests.resolve(".skeleton");
            // Living guests have the old one as their lower layer, and overlayfs wants it unchanged.
            if (!Files.isDirectory(fresh)) {
                Path half = guests.resolve(".skeleton.new");
                new GuestFolder(half, new NodeId("x", "x")).deleteTree();
                Skeleton.make(Path.of("/"), half);
                Files.move(half, fresh);
            }
            skeleton = fresh;
            launcher = Launcher.unpack(guests.resolve(".bin"), config.startTimeoutMillis());
        }
    }

    @Override
    public Guest start(GuestSpec spec) throws GuestException {
        GuestFolder folder = GuestFolder.of(guests, spec.id());
        String group = NetnsGuest.group(spec.id());
        try {
            prepare();
            if (folder.process().filter(FirstProcess::isAlive).isPresent()) throw new GuestException(spec.id() + ": runs already");
            folder.deleteTree();
            folder.create(spec);
        } catch (IOException e) {
            throw new GuestException(spec.id() + ": prepare " + folder.path() + ": " + e, e);
        }
        try {
            List<String> joins = cgroups.set(group, spec.limits());
            FirstProcess first = launcher.start(spec.id(), folder.path(), hosts.of(spec.id().violin()), skeleton, spec.forwarding(), joins);
            return new NetnsGuest(folder, spec, first, launcher, cgroups, config);
        } catch (IOException e) {
            discard(folder);
            throw new GuestException(spec.id() + ": start: " + e.getMessage(), e);
        }
    }

    /** Ends and removes what is left of a guest; what cannot be removed is logged and tried again by the next {@link #adopt}. */
    private void discard(GuestFolder folder) {
        try {
            folder.process().ifPresent(first -> first.kill(config.stopTimeoutMillis()));
            cgroups.remove(NetnsGuest.group(folder.id()));
            folder.delete();
        } catch (IOException e) {
            LOG.warn("Remains of guest {} could not be removed: {}", folder.id(), e.toString());
        }
    }

    @Override
    public Collection<Guest> adopt() {
        List<Guest> living = new ArrayList<>();
        Set<String> violins = new HashSet<>();
        try {
            if (!Files.isDirectory(guests)) return living;
            prepare();
            for (GuestFolder folder : folders()) {
                Optional<GuestSpec> spec = folder.spec();
                Optional<FirstProcess> first = folder.process().filter(FirstProcess::isAlive);
                if (spec.isPresent() && first.isPresent()) {
                    living.add(new NetnsGuest(folder, spec.get(), first.get(), launcher, cgroups, config));
                    violins.add(folder.id().violin());
                } else {
                    discard(folder);
                }
            }
            cgroups.clean(living.stream().map(g -> NetnsGuest.group(g.id())).toList());
            hosts.keepOnly(violins);
        } catch (IOException e) {
            LOG.warn("Not all guests of an earlier run were found or cleaned away: {}", e.toString());
        }
        return living;
    }

    private List<GuestFolder> folders() throws IOException {
        List<GuestFolder> found = new ArrayList<>();
        for (Path violin : children(guests)) {
            for (Path node : children(violin)) {
                found.add(new GuestFolder(node, new NodeId(violin.getFileName().toString(), node.getFileName().toString())));
            }
        }
        return found;
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(p -> Files.isDirectory(p) && !p.getFileName().toString().startsWith(".")).toList();
        }
    }

    @Override
    public void names(String violin, Map<String, List<Cidr>> addressesByName) throws GuestException {
        try {
            prepare();
            if (addressesByName.isEmpty() && !Files.isDirectory(guests.resolve(violin))) hosts.remove(violin);
            else hosts.set(violin, addressesByName);
        } catch (IOException e) {
            throw new GuestException("names of violin " + violin + ": " + e.getMessage(), e);
        }
    }
}
