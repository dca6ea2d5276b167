// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.violin.api.cluster.HostInfo;
import org.violin.api.cluster.Members;
import org.violin.api.control.ViolinSummary;
import org.violin.api.control.ViolinView.EntityView;
import org.violin.api.dataplane.PortStatus;
import org.violin.api.dataplane.TunnelStatus;
import org.violin.api.guest.Guest.GuestStatus;
import org.violin.api.model.NodeId;
import org.violin.api.model.PortId;

/** The MXBeans that show; each reads the shared snapshot, and something neutral for what is gone. */
final class Beans {
    private Beans() {}

    record Host(Sources sources, Snapshot snapshot, java.util.function.IntSupplier leftOut) implements HostMXBean {
        private <T> T ask(Function<Members, T> question, T otherwise) {
            return sources.members().map(question).orElse(otherwise);
        }

        private <T> T self(Function<HostInfo, T> question, T otherwise) {
            return ask(m -> question.apply(m.self()), otherwise);
        }

        @Override
        public String getName() {
            return self(HostInfo::name, "");
        }

        @Override
        public String getAddress() {
            return self(HostInfo::address, "");
        }

        @Override
        public String getVersion() {
            return self(HostInfo::version, "");
        }

        @Override
        public double getCpus() {
            return self(HostInfo::cpus, 0.0);
        }

        @Override
        public long getMemoryBytes() {
            return self(HostInfo::memoryBytes, 0L);
        }

        @Override
        public List<String> getRuntimes() {
            return self(HostInfo::runtimes, List.of());
        }

        @Override
        public long getStartedMillis() {
            return self(HostInfo::startedMillis, 0L);
        }

        @Override
        public boolean isLeader() {
            return ask(Members::leader, false);
        }

        @Override
        public boolean isConnected() {
            return ask(Members::connected, false);
        }

        @Override
        public String getTrouble() {
            return ask(Members::trouble, "the service of members is away");
        }

        @Override
        public List<String> getHosts() {
            return ask(m -> m.hosts().stream().map(HostInfo::name).toList(), List.of());
        }

        @Override
        public Map<String, Long> getDrops() {
            return snapshot.drops();
        }

        @Override
        public int getPorts() {
            return snapshot.ports().size();
        }

        @Override
        public int getLeftOut() {
            return leftOut.getAsInt();
        }
    }

    record Violin(String name, Snapshot snapshot) implements ViolinMXBean {
        private <T> T ask(Function<ViolinSummary, T> question, T otherwise) {
            return Optional.ofNullable(snapshot.summaries().get(name)).map(question).orElse(otherwise);
        }

        @Override
        public String getName() {
            return name;
        }

        @Override
        public String getState() {
            return ask(ViolinSummary::state, "unknown");
        }

        @Override
        public long getRevision() {
            return ask(ViolinSummary::revision, 0L);
        }

        @Override
        public int getVhosts() {
            return ask(ViolinSummary::vhosts, 0);
        }

        @Override
        public int getVrouters() {
            return ask(ViolinSummary::vrouters, 0);
        }

        @Override
        public int getVswitches() {
            return ask(ViolinSummary::vswitches, 0);
        }

        @Override
        public int getLinks() {
            return ask(ViolinSummary::links, 0);
        }

        @Override
        public List<String> getHosts() {
            return ask(ViolinSummary::hosts, List.of());
        }

        @Override
        public List<String> getNotReady() {
            return snapshot.entities(name).values().stream().filter(e -> !e.state().equals("ready"))
                    .map(e -> e.name() + ": " + e.state() + (e.reason().isEmpty() ? "" : ", " + e.reason())).toList();
        }
    }

    record Entity(NodeId id, Sources sources, Snapshot snapshot) implements EntityMXBean {
        private <T> T ask(Function<EntityView, T> question, T otherwise) {
            return Optional.ofNullable(snapshot.entities(id.violin()).get(id.node())).map(question).orElse(otherwise);
        }

        private long sum(ToLongFunction<PortStatus> counter) {
            return snapshot.portsOf(id).stream().mapToLong(counter).sum();
        }

        private Optional<GuestStatus> guest() {
            return sources.guests().flatMap(g -> g.status(id));
        }

        @Override
        public String getViolin() {
            return id.violin();
        }

        @Override
        public String getName() {
            return id.node();
        }

        @Override
        public String getKind() {
            return ask(EntityView::kind, "");
        }

        @Override
        public String getHost() {
            return ask(EntityView::host, "");
        }

        @Override
        public List<String> getAddresses() {
            return ask(EntityView::addresses, List.of());
        }

        @Override
        public String getState() {
            return ask(EntityView::state, "unknown");
        }

        @Override
        public String getReason() {
            return ask(EntityView::reason, "");
        }

        @Override
        public int getPid() {
            return guest().map(GuestStatus::pid).orElse(OptionalInt.empty()).orElse(-1);
        }

        @Override
        public String getConsoleLog() {
            return guest().map(GuestStatus::consoleLog).orElse("");
        }

        @Override
        public long getFramesIn() {
            return sum(PortStatus::framesIn);
        }

        @Override
        public long getFramesOut() {
            return sum(PortStatus::framesOut);
        }

        @Override
        public long getBytesIn() {
            return sum(PortStatus::bytesIn);
        }

        @Override
        public long getBytesOut() {
            return sum(PortStatus::bytesOut);
        }

        @Override
        public Map<String, Long> getDrops() {
            Map<String, Long> all = new TreeMap<>();
            snapshot.portsOf(id).forEach(p -> p.drops().forEach((reason, n) -> all.merge(reason, n, Long::sum)));
            return all;
        }
    }

    record Port(PortId id, Snapshot snapshot) implements PortMXBean {
        private <T> T ask(Function<PortStatus, T> question, T otherwise) {
            return Optional.ofNullable(snapshot.ports().get(id)).map(question).orElse(otherwise);
        }

        @Override
        public String getViolin() {
            return id.node().violin();
        }

        @Override
        public String getNode() {
            return id.node().node();
        }

        @Override
        public String getName() {
            return id.port();
        }

        @Override
        public boolean isSwitchPort() {
            return ask(PortStatus::switchPort, false);
        }

        @Override
        public int getVni() {
            return ask(PortStatus::vni, 0);
        }

        @Override
        public String getFar() {
            return ask(PortStatus::far, "");
        }

        @Override
        public boolean isCarrier() {
            return ask(PortStatus::carrier, false);
        }

        @Override
        public long getFramesIn() {
            return ask(PortStatus::framesIn, 0L);
        }

        @Override
        public long getFramesOut() {
            return ask(PortStatus::framesOut, 0L);
        }

        @Override
        public long getBytesIn() {
            return ask(PortStatus::bytesIn, 0L);
        }

        @Override
        public long getBytesOut() {
            return ask(PortStatus::bytesOut, 0L);
        }

        @Override
        public Map<String, Long> getCounters() {
            return ask(PortStatus::counters, Map.of());
        }

        @Override
        public Map<String, Long> getDrops() {
            return ask(PortStatus::drops, Map.of());
        }
    }

    record Tunnel(Snapshot.Path path, Snapshot snapshot) implements TunnelMXBean {
        private <T> T ask(Function<TunnelStatus, T> question, T otherwise) {
            return Optional.ofNullable(snapshot.tunnels().get(path)).map(question).orElse(otherwise);
        }

        @Override
        public String getKind() {
            return ask(TunnelStatus::kind, "");
        }

        @Override
        public String getPeer() {
            return path.peer();
        }

        @Override
        public String getViolin() {
            return path.violin();
        }

        @Override
        public String getCipher() {
            return ask(TunnelStatus::cipher, "");
        }

        @Override
        public String getAddress() {
            return ask(TunnelStatus::address, "");
        }

        @Override
        public boolean isUp() {
            return ask(TunnelStatus::up, false);
        }

        @Override
        public int getPathMtuBytes() {
            return ask(TunnelStatus::pathMtuBytes, 0);
        }

        @Override
        public long getRttMicros() {
            return ask(TunnelStatus::rttMicros, 0L);
        }

        @Override
        public long getDatagramsIn() {
            return ask(TunnelStatus::datagramsIn, 0L);
        }

        @Override
        public long getDatagramsOut() {
            return ask(TunnelStatus::datagramsOut, 0L);
        }

        @Override
        public long getFramesIn() {
            return ask(TunnelStatus::framesIn, 0L);
        }

        @Override
        public long getFramesOut() {
            return ask(TunnelStatus::framesOut, 0L);
        }

        @Override
        public long getBytesIn() {
            return ask(TunnelStatus::bytesIn, 0L);
        }

        @Override
        public long getBytesOut() {
            return ask(TunnelStatus::bytesOut, 0L);
        }

        @Override
        public Map<String, Long> getCounters() {
            return ask(TunnelStatus::counters, Map.of());
        }

        @Override
        public Map<String, Long> getDrops() {
            return ask(TunnelStatus::drops, Map.of());
        }
    }
}
