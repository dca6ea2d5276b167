// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.violin.frame.Ethernet;

/** Frames that a guest's root can make and that must never leave the violin. Sent once or a few times each, at a modest pace. */
final class InsideFrames {
    private static final long PACE_NANOS = 50_000;
    private static final int MOST_ADDRESSES = 8;
    private static final int TYPE_EXPERIMENTAL = 0x88b5;
    /** Broadcast, mDNS, all nodes, bridges' own (IEEE 802.1D), LLDP, LACP. */
    private static final long[] GROUPS = {Ethernet.BROADCAST, 0x0100_5e00_00fbL, 0x3333_0000_0001L, 0x0180_c200_0000L, 0x0180_c200_000eL,
        0x0180_c200_0002L};

    private final Scene scene;
    private final Canaries canaries;
    private final Craft craft;
    private final Random random = new Random(1);

    InsideFrames(Scene scene, Canaries canaries, Craft craft) {
        this.scene = scene;
        this.canaries = canaries;
        this.craft = craft;
    }

    private static List<InetAddress> first(List<InetAddress> all) {
        return all.subList(0, Math.min(all.size(), MOST_ADDRESSES));
    }

    private List<Long> hostMacs() {
        return scene.hostMacs().subList(0, Math.min(scene.hostMacs().size(), MOST_ADDRESSES));
    }

    private static void send(Sender sender, Craft craft, int length) {
        sender.send(craft, length);
        LockSupport.parkNanos(PACE_NANOS);
    }

    /** The canary that must arrive inside. */
    Canary control(Sender sender) {
        Canary canary = canaries.add(Case.CONTROL, sender.toString(), "broadcast", 14);
        send(sender, craft, craft.plain(Ethernet.BROADCAST, sender.mac, TYPE_EXPERIMENTAL, canary.number()));
        return canary;
    }

    /** To the host's own MACs, to groups, and to the host's addresses below IP's routing. */
    void stray(Sender sender) {
        for (long mac : hostMacs()) plain(sender, mac, "frame to a MAC of the host");
        for (long group : GROUPS) plain(sender, group, String.format("frame to group %012x", group));
        for (InetAddress to : first(scene.hostAddresses())) {
            Canary ping = canaries.add(Case.FRAMES, sender.toString(), "ping to " + to.getHostAddress() + " past the routes", Craft.payload(to));
            for (long mac : hostMacs()) {
                craft.ether(mac, sender.mac, 0);
                send(sender, craft, craft.echo(sender.source(to), to, ping.number()));
            }
            craft.ether(Ethernet.BROADCAST, sender.mac, 0);
            send(sender, craft, craft.echo(sender.source(to), to, ping.number()));
            if (to.getAddress().length != 4) continue;
            Canary arp = canaries.add(Case.FRAMES, sender.toString(), "ARP request for " + to.getHostAddress(), 42);
            send(sender, craft, craft.arp(Ethernet.BROADCAST, sender.mac, sender.source(to), to, arp.number()));
        }
    }

    private void plain(Sender sender, long to, String what) {
        Canary canary = canaries.add(Case.FRAMES, sender.toString(), what, 14);
        send(sender, craft, craft.plain(to, sender.mac, TYPE_EXPERIMENTAL, canary.number()));
    }

    /** In the name of the host, of another host and of other violins: MACs that the violin itself does not use, and addresses. */
    void spoof(Sender sender) {
        for (long mac : hostMacs()) {
            Canary canary = canaries.add(Case.SPOOFS, sender.toString(), "frame in the name of a MAC of the host", 14);
            send(sender, craft, craft.plain(Ethernet.BROADCAST, mac, TYPE_EXPERIMENTAL, canary.number()));
        }
        Canary strange = canaries.add(Case.SPOOFS, sender.toString(), "frame in the name of a strange MAC", 14);
        send(sender, craft, craft.plain(Ethernet.BROADCAST, 0x0200_5eff_0000L | random.nextInt(0x10000), TYPE_EXPERIMENTAL, strange.number()));
        for (List<InetAddress> names : List.of(scene.hostAddresses(), scene.members(), scene.foreign())) {
            for (InetAddress name : first(names)) spoof(sender, name);
        }
    }

    private void spoof(Sender sender, InetAddress name) {
        for (InetAddress to : first(scene.hostAddresses())) {
            if (to.getAddress().length != name.getAddress().length) continue;
            int at = Craft.payload(to);
            Canary canary = canaries.add(Case.SPOOFS, sender.toString(), "datagram in the name of " + name.getHostAddress(), at);
            craft.ether(Ethernet.BROADCAST, sender.mac, 0);
            craft.mark(at, canary.number());
            send(sender, craft, craft.udp(name, 40_000, to, 40_001, Marker.BYTES));
        }
    }

    /** Datagrams that look like those of the tunnel, from the other hosts to this one, with a frame for each link of the violin in them. */
    void forge(Sender sender, byte[] header) {
        InetAddress to = scene.tunnel().getAddress();
        for (InetAddress from : first(scene.members().isEmpty() ? List.of(sender.source(to)) : scene.members())) {
            if (from.getAddress().length != to.getAddress().length) continue;
            for (long mac : hostMacs()) forge(sender, mac, from, to, header);
            forge(sender, Ethernet.BROADCAST, from, to, header);
        }
    }

    private void forge(Sender sender, long mac, InetAddress from, InetAddress to, byte[] header) {
        Canary canary = canaries.add(Case.FORGED, sender.toString(), "datagram of the tunnel made inside", Canaries.FORGED_OFFSET);
        craft.ether(mac, sender.mac, 0);
        int at = Craft.payload(to);
        for (int i = 0; i < header.length; i++) craft.slab.put(Craft.FRAME + at + i, header[i]);
        craft.mark(Canaries.FORGED_OFFSET, canary.number());
        send(sender, craft, craft.udp(from, scene.tunnel().getPort(), to, scene.tunnel().getPort(),
                Canaries.FORGED_OFFSET + Marker.BYTES - at));
    }

    /** Too long, too short, tagged, of unknown types, with lengths that lie. */
    void odd(Sender sender) {
        for (int bytes : new int[] {14, 15, 21, 33}) runt(sender, bytes);
        for (int type : new int[] {0, 46, 0x05dc, 0x05dd, 0x05ff, 0x0600, 0x8100, 0x88a8, 0x9100, 0x8847, 0x8863, 0x88cc, 0x88e5, 0xffff}) {
            Canary canary = canaries.add(Case.ODD, sender.toString(), String.format("frame of type %04x", type), 14);
            send(sender, craft, craft.plain(Ethernet.BROADCAST, sender.mac, type, canary.number()));
        }
        tagged(sender, 1);
        tagged(sender, 2);
        lying(sender);
        large(sender);
    }

    private void runt(Sender sender, int bytes) {
        int small = canaries.addRunt(Case.ODD, sender.toString(), "frame of " + bytes + " bytes");
        if (small < 0) return;
        craft.ether(Ethernet.BROADCAST, craft.runt(small), TYPE_EXPERIMENTAL);
        send(sender, craft, bytes);
    }

    private void tagged(Sender sender, int tags) {
        Canary canary = canaries.add(Case.ODD, sender.toString(), tags + " VLAN tags", 14 + 4 * tags);
        craft.ether(Ethernet.BROADCAST, sender.mac, tags == 2 ? 0x88a8 : 0x8100);
        for (int i = 0; i < tags; i++) {
            craft.u16(14 + 4 * i, 1 + i);
            craft.u16(16 + 4 * i, i + 1 < tags ? 0x8100 : TYPE_EXPERIMENTAL);
        }
        craft.mark(14 + 4 * tags, canary.number());
        send(sender, craft, Craft.MIN_FRAME + 4 * tags);
    }

    /** IPv4 whose header, total or UDP length is not what there is; IPv6 with a payload length of nothing. */
    private void lying(Sender sender) {
        InetAddress v4 = Sender.literal(new byte[] {(byte) 255, (byte) 255, (byte) 255, (byte) 255});
        int[][] lies = {{14, 0x4f00}, {14, 0x4000}, {16, 0xffff}, {16, 1}, {38, 0xffff}, {38, 1}, {20, 0x2001}, {20, 0x1fff}};
        for (int[] lie : lies) {
            Canary canary = canaries.add(Case.ODD, sender.toString(), String.format("IPv4 that lies at %d", lie[0]), 42);
            craft.ether(Ethernet.BROADCAST, sender.mac, 0);
            craft.mark(42, canary.number());
            int length = craft.udp(sender.source(v4), 9, v4, 9, Marker.BYTES);
            craft.u16(lie[0], lie[1]);
            send(sender, craft, length);
        }
        Canary six = canaries.add(Case.ODD, sender.toString(), "IPv6 that lies", 54);
        craft.ether(0x3333_0000_0001L, sender.mac, Ethernet.TYPE_IPV6);
        craft.u16(14, 0x6000);
        craft.u16(18, 0xffff);
        craft.mark(54, six.number());
        send(sender, craft, 70);
    }

    /** As long as may be, longer, and super-frames with honest and with lying offload headers. */
    private void large(Sender sender) {
        for (int extra : new int[] {0, 4, 5, 1000}) {
            Canary canary = canaries.add(Case.ODD, sender.toString(), "frame " + extra + " bytes over the MTU", 14);
            craft.plain(Ethernet.BROADCAST, sender.mac, extra == 4 ? 0x8100 : TYPE_EXPERIMENTAL, canary.number());
            send(sender, craft, sender.mtuBytes + 14 + extra);
        }
        InetAddress v4 = Sender.literal(new byte[] {(byte) 255, (byte) 255, (byte) 255, (byte) 255});
        // type, header bytes, segment bytes: UDP (5), TCP (1), UDP that is not, a header longer than the frame, segments of one byte
        int[][] shapes = {{5, 42, 1000}, {1, 54, 1000}, {5, 0, 1}, {1, 65_000, 1400}, {5, 42, 65_000}, {0, 0, 0}, {0x81, 54, 1}};
        for (int[] shape : shapes) {
            Canary canary = canaries.add(Case.ODD, sender.toString(), "super-frame of kind " + shape[0], 42);
            craft.ether(Ethernet.BROADCAST, sender.mac, 0);
            craft.mark(42, canary.number());
            int length = craft.udp(sender.source(v4), 9, v4, 9, 20_000);
            craft.offload(shape[0] == 0 ? 0 : 1, shape[0], shape[1], shape[2], 34, (shape[0] & 0x7f) == 1 ? 16 : 6);
            sender.sendOffload(craft, length);
            LockSupport.parkNanos(PACE_NANOS);
        }
    }
}
