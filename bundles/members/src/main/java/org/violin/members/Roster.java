// SPDX-License-Identifier: Apache-2.0
package org.violin.members;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.violin.api.cluster.HostInfo;

/** The hosts last known to be joined, in memory and in a file, so that a host that starts without ZooKeeper knows its peers. */
final class Roster {
    private static final Logger LOG = LoggerFactory.getLogger(Roster.class);

    private final Path file;
    private volatile List<HostInfo> others;

    /** @param self name of this host, which is not kept in here */
    Roster(Path file, String self) {
        this.file = file;
        this.others = load(file).stream().filter(h -> !h.name().equals(self)).toList();
    }

    /** The last known others with this host among them, sorted by name. */
    List<HostInfo> with(HostInfo self) {
        List<HostInfo> all = new ArrayList<>(others);
        all.add(self);
        all.sort(Comparator.comparing(HostInfo::name));
        return List.copyOf(all);
    }

    /** Replaces the others by what is joined now. Returns what differs. Called by: one thread. */
    Change replace(Collection<HostInfo> joined) {
        Map<String, HostInfo> before = byName(others);
        Map<String, HostInfo> now = byName(joined);
        List<HostInfo> came = now.values().stream()
                .filter(h -> !before.containsKey(h.name()) || before.get(h.name()).incarnation() != h.incarnation()).toList();
        List<HostInfo> left = before.values().stream().filter(h -> !now.containsKey(h.name())).toList();
        boolean any = !before.equals(now);
        if (any) {
            others = List.copyOf(now.values());
            save();
        }
        return new Change(came, left, any);
    }

    record Change(List<HostInfo> came, List<HostInfo> left, boolean any) {}

    private void save() {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.write(fresh, HostInfoJson.write(others));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("the list of hosts is not saved in {}: {}", file, e.toString());
        }
    }

    private static List<HostInfo> load(Path file) {
        try {
            return Files.exists(file) ? HostInfoJson.read(Files.readAllBytes(file)) : List.of();
        } catch (IOException e) {
            LOG.warn("the list of hosts in {} is not used: {}", file, e.toString());
            return List.of();
        }
    }

    private static Map<String, HostInfo> byName(Collection<HostInfo> hosts) {
        Map<String, HostInfo> map = new TreeMap<>();
        hosts.forEach(h -> map.put(h.name(), h));
        return map;
    }
}
