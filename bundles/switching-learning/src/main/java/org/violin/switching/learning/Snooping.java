// SPDX-License-Identifier: Apache-2.0
package org.violin.switching.learning;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.Frames;
import org.violin.api.dataplane.SwitchLogic;
import org.violin.api.dataplane.SwitchLogic.Egress;
import org.violin.frame.Ethernet;
import org.violin.frame.GroupRecord;
import org.violin.frame.Igmp;
import org.violin.frame.Ipv4;
import org.violin.frame.Ipv6;
import org.violin.frame.Mld;
import org.violin.frame.NetworkOrder;
import org.violin.frame.Vlan;

/**
 * IGMP and MLD snooping after RFC 4541: reports go to multicast routers only, data of a known group to its members and the routers.
 * Whatever is in doubt is flooded: no querier, a querier not yet answered by all, an unknown group, a message of an unknown type.
 */
final class Snooping {
    private static final long SECOND = 1_000_000_000L;
    /** RFC 3376 section 8.4: robustness 2 times the query interval of 125 s and a response interval of 10 s. */
    private static final long MEMBERSHIP_NANOS = 260 * SECOND;
    /** RFC 3376 section 8.5: other querier present interval. */
    private static final long QUERIER_NANOS = 255 * SECOND;
    /** RFC 7761 section 4.11: default hold time of a PIM hello. */
    private static final long PIM_NANOS = 105 * SECOND;
    /** The response interval and some: by then every member has answered the first query. */
    private static final long SETTLE_NANOS = 12 * SECOND;
    /** RFC 3376 section 8.8, last member query time of 2 s, and some. */
    private static final long LEAVE_NANOS = 3 * SECOND;
    private static final int NEEDS_CHECKSUM = 1;

    private final int groupCapacity;
    private final long hashSeed;
    private final PortTimers routers = new PortTimers();
    private final Querier querier4 = new Querier();
    private final Querier querier6 = new Querier();

    // Made by the first membership: most switches never see one.
    private GroupTable groups;

    Snooping(int groupCapacity, long hashSeed) {
        this.groupCapacity = groupCapacity;
        this.hashSeed = hashSeed;
    }

    /** Decides for a multicast frame that is neither broadcast nor reserved. */
    int egress(int ingress, ByteBuffer slab, int offset, int end, long destination, long now, Egress some) {
        int frame = offset + Frames.OFFLOAD_HEADER;
        if (groups != null) groups.sweep(now);
        int typeAt = Vlan.typeOffset(slab, frame, end);
        if (typeAt == Vlan.NONE) return SwitchLogic.FLOOD;
        int ip = typeAt + 2;
        boolean checked = (slab.get(offset) & NEEDS_CHECKSUM) == 0;
        return switch (NetworkOrder.u16(slab, typeAt)) {
            case Ethernet.TYPE_IPV4 -> ipv4(ingress, slab, ip, end, destination, checked, now, some);
            case Ethernet.TYPE_IPV6 -> ipv6(ingress, slab, ip, end, destination, checked, now, some);
            default -> SwitchLogic.FLOOD;
        };
    }

    void forget(int port) {
        routers.remove(port);
        if (groups != null) groups.forget(port);
    }

    int bytes() {
        return 2 * Querier.BYTES + routers.bytes() + 1 + (groups == null ? 0 : groups.bytes());
    }

    void write(ByteBuffer out) {
        querier4.write(out);
        querier6.write(out);
        routers.write(out);
        out.put((byte) (groups == null ? 0 : 1));
        if (groups != null) groups.write(out);
    }

    /** Throws IllegalArgumentException for nonsense. */
    void read(ByteBuffer in) {
        querier4.read(in);
        querier6.read(in);
        routers.read(in);
        Damage.unless(in.hasRemaining());
        if (in.get() == 0) return;
        groups = new GroupTable(groupCapacity, hashSeed);
        groups.read(in);
    }

    private int ipv4(int ingress, ByteBuffer slab, int ip, int end, long mac, boolean checked, long now, Egress some) {
        int header = Ipv4.headerBytes(slab, ip, end);
        if (header < 0) return SwitchLogic.FLOOD;
        int group = Ipv4.destination(slab, ip);
        int protocol = Ipv4.protocol(slab, ip);
        if (protocol == Ipv4.PROTOCOL_IGMP) {
            // Ethernet pads short frames: the message ends where IP says.
            int last = ip + Ipv4.totalBytes(slab, ip);
            int at = ip + header;
            if (last > end || Ipv4.isLaterFragment(slab, ip) || last - at < Igmp.MIN_BYTES) return SwitchLogic.DROP;
            if (checked && !Igmp.isSound(slab, at, last)) return SwitchLogic.DROP;
            return igmp(ingress, slab, ip, at, last, now, some);
        }
        if (protocol == Ipv4.PROTOCOL_PIM && group == Ipv4.ALL_PIM_ROUTERS) routers.keep(ingress, now + PIM_NANOS);
        if (Ipv4.isLocalGroup(group) || !Ipv4.isGroup(group) || !querier4.answered(now)) return SwitchLogic.FLOOD;
        return data(ingress, mac, now, some);
    }

    private int igmp(int ingress, ByteBuffer slab, int ip, int at, int end, long now, Egress some) {
        switch (Igmp.type(slab, at)) {
            case Igmp.QUERY -> {
                querier4.heard(now);
                if (Ipv4.source(slab, ip) != 0) routers.keep(ingress, now + QUERIER_NANOS);
                return SwitchLogic.FLOOD;
            }
            case Igmp.REPORT_V1, Igmp.REPORT_V2 -> join4(Igmp.group(slab, at), ingress, now);
            case Igmp.LEAVE -> leave(Ethernet.ofIpv4Group(Igmp.group(slab, at)), ingress, now);
            case Igmp.REPORT_V3 -> {
                int record = at + Igmp.FIRST_RECORD;
                int records = NetworkOrder.u16(slab, at + Igmp.RECORDS);
                for (int i = 0; i < records && record + Igmp.RECORD_BYTES <= end; i++) {
                    int type = NetworkOrder.u8(slab, record);
                    int sources = NetworkOrder.u16(slab, record + Igmp.RECORD_SOURCES);
                    int group = NetworkOrder.i32(slab, record + Igmp.RECORD_GROUP);
                    if (GroupRecord.isJoin(type, sources)) join4(group, ingress, now);
                    if (GroupRecord.isLeave(type, sources)) leave(Ethernet.ofIpv4Group(group), ingress, now);
                    record += Igmp.RECORD_BYTES + sources * 4 + NetworkOrder.u8(slab, record + Igmp.RECORD_AUX) * 4;
                }
            }
            default -> {
                return SwitchLogic.FLOOD;
            }
        }
        return toRouters(ingress, now, some);
    }

    private int ipv6(int ingress, ByteBuffer slab, int ip, int end, long mac, boolean checked, long now, Egress some) {
        if (!Ipv6.isWhole(slab, ip, end)) return SwitchLogic.FLOOD;
        int destination = ip + Ipv6.DESTINATION;
        int last = ip + Ipv6.HEADER + Ipv6.payloadBytes(slab, ip);
        int at = Mld.find(slab, ip, Math.min(end, last));
        if (at >= 0) {
            if (last > end || checked && !Mld.isSound(slab, ip, at, last)) return SwitchLogic.DROP;
            return mld(ingress, slab, ip, at, last, now, some);
        }
        if (Ipv6.nextHeader(slab, ip) == Ipv6.PIM && Ipv6.isLocalGroup(slab, destination)) routers.keep(ingress, now + PIM_NANOS);
        boolean local = Ipv6.isLocalGroup(slab, destination) && !Ipv6.isSolicitedNode(slab, destination);
        if (local || !Ipv6.isGroup(slab, destination) || !querier6.answered(now)) return SwitchLogic.FLOOD;
        return data(ingress, mac, now, some);
    }

    private int mld(int ingress, ByteBuffer slab, int ip, int at, int end, long now, Egress some) {
        switch (Mld.type(slab, at)) {
            case Mld.QUERY -> {
                querier6.heard(now);
                if (!Ipv6.isUnspecified(slab, ip + Ipv6.SOURCE)) routers.keep(ingress, now + QUERIER_NANOS);
                return SwitchLogic.FLOOD;
            }
            case Mld.REPORT_V1 -> join6(slab, at + Mld.GROUP, ingress, now);
            case Mld.DONE -> leave(Ethernet.ofIpv6Group(Ipv6.low32(slab, at + Mld.GROUP)), ingress, now);
            default -> {
                int record = at + Mld.FIRST_RECORD;
                int records = NetworkOrder.u16(slab, at + Mld.RECORDS);
                for (int i = 0; i < records && record + Mld.RECORD_BYTES <= end; i++) {
                    int type = NetworkOrder.u8(slab, record);
                    int sources = NetworkOrder.u16(slab, record + Mld.RECORD_SOURCES);
                    int group = record + Mld.RECORD_GROUP;
                    if (GroupRecord.isJoin(type, sources)) join6(slab, group, ingress, now);
                    if (GroupRecord.isLeave(type, sources)) {
                        leave(Ethernet.ofIpv6Group(Ipv6.low32(slab, group)), ingress, now);
                    }
                    record += Mld.RECORD_BYTES + sources * 16 + NetworkOrder.u8(slab, record + Mld.RECORD_AUX) * 4;
                }
            }
        }
        return toRouters(ingress, now, some);
    }

    private void join4(int group, int port, long now) {
        if (Ipv4.isGroup(group) && !Ipv4.isLocalGroup(group)) join(Ethernet.ofIpv4Group(group), port, now);
    }

    private void join6(ByteBuffer slab, int group, int port, long now) {
        if (!Ipv6.isGroup(slab, group) || Ipv6.isLocalGroup(slab, group) && !Ipv6.isSolicitedNode(slab, group)) return;
        join(Ethernet.ofIpv6Group(Ipv6.low32(slab, group)), port, now);
    }

    private void join(long group, int port, long now) {
        if (groups == null) groups = new GroupTable(groupCapacity, hashSeed);
        groups.join(group, port, now, now + MEMBERSHIP_NANOS);
    }

    private void leave(long group, int port, long now) {
        if (groups != null) groups.leave(group, port, now + LEAVE_NANOS);
    }

    private int toRouters(int ingress, long now, Egress some) {
        return routers.collect(ingress, now, some) > 0 ? SwitchLogic.SOME : SwitchLogic.DROP;
    }

    private int data(int ingress, long mac, long now, Egress some) {
        if (groups == null || !groups.collect(mac, ingress, now, some)) return SwitchLogic.FLOOD;
        routers.collect(ingress, now, some);
        return SwitchLogic.SOME;
    }

    /** Whether somebody asks for members, and did so long enough ago for all to have answered. */
    private static final class Querier {
        static final int BYTES = 17;
        private boolean present;
        private long since;
        private long until;

        void heard(long now) {
            if (!present || until - now <= 0) since = now;
            present = true;
            until = now + QUERIER_NANOS;
        }

        void write(ByteBuffer out) {
            out.put((byte) (present ? 1 : 0)).putLong(since).putLong(until);
        }

        void read(ByteBuffer in) {
            Damage.unless(in.remaining() >= BYTES);
            present = in.get() == 1;
            since = in.getLong();
            until = in.getLong();
        }

        boolean answered(long now) {
            return present && until - now > 0 && now - since >= SETTLE_NANOS;
        }
    }
}
