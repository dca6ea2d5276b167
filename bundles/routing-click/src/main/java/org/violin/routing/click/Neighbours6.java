// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.violin.api.dataplane.FrameDevice;
import org.violin.api.dataplane.Frames;
import org.violin.api.model.Cidr;
import org.violin.frame.OffloadHeader;

/**
 * Tells a Click that forwards nothing yet which IPv6 neighbours there are. Its IP6NDSolicitor has no handler for that: so it is made to ask, by
 * a packet to an address that nobody has (100::/64, RFC 6666) over each neighbour, and answered from here. What it sends meanwhile is read and
 * thrown away, so nobody sees any of it.
 */
final class Neighbours6 {
    /** At a time; the others are asked for when they are needed. */
    static final int MOST = 256;

    private static final int ETHERNET = 14;
    private static final int HEADER = 40;
    private static final int ADVERTISEMENT = 32;
    private static final int NOTHING = 59;
    private static final int LOOKS = 500;
    private static final long PAUSE_NANOS = 200_000;

    private final ControlClient control;
    private final Layout layout;
    private final Map<String, SocketDevice> devices;
    private final ByteBuffer slab = ByteBuffer.allocateDirect(Frames.MAX_RECORD);

    private record One(Layout.Nic nic, String address, byte[] mac) {}

    /** @param devices where Click's frames go, by vNIC: nobody else reads them */
    Neighbours6(ControlClient control, Layout layout, Map<String, SocketDevice> devices) {
        this.control = control;
        this.layout = layout;
        this.devices = devices;
    }

    /** @param lines {@code VNIC ADDRESS MAC}; those of IPv4 are passed over */
    void seed(String lines, int side, int paths) throws IOException, ClickError {
        List<One> known = new ArrayList<>();
        for (String line : lines.split("\n")) {
            String[] words = line.split(" ");
            Layout.Nic nic = words.length == 3 && words[1].indexOf(':') >= 0 ? layout.nic(words[0]) : null;
            if (nic != null && known.size() < MOST) known.add(new One(nic, words[1], mac(words[2])));
        }
        if (known.isEmpty()) return;
        List<String[]> begin = new ArrayList<>();
        List<String[]> end = new ArrayList<>();
        for (int path = 0; path < paths; path++) {
            String handler = Ip6Text.table(side, path) + ".ctrl";
            for (int i = 0; i < known.size(); i++) {
                begin.add(new String[] {handler, "add " + nobody(i) + "/128 " + known.get(i).address + " " + known.get(i).nic.output()});
                end.add(new String[] {handler, "remove " + nobody(i) + "/128"});
            }
        }
        control.write(begin);
        for (int i = 0; i < known.size(); i++) packet(known.get(i), nobody(i));
        for (Layout.Nic nic : layout.nics) await(nic, known, false);
        for (One one : known) advertisement(one);
        for (Layout.Nic nic : layout.nics) await(nic, known, true);
        control.write(end);
        drain();
    }

    private static String nobody(int i) {
        return "100::" + Integer.toHexString(i + 1);
    }

    /** Until the vNIC's table has all of them. @param answered with their MACs */
    private void await(Layout.Nic nic, List<One> known, boolean answered) throws IOException, ClickError {
        long wanted = known.stream().filter(k -> k.nic == nic).count();
        for (int i = 0; i < LOOKS && wanted > 0; i++) {
            long there = control.read("nd_" + nic.label() + ".table", "").lines().filter(l -> !answered || l.split("\\s+")[1].equals("1")).count();
            if (there >= wanted) return;
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void drain() throws IOException, ClickError {
        for (Layout.Nic nic : layout.nics) {
            FrameDevice device = devices.get(nic.spec().name());
            for (int i = 0; i < LOOKS; i++) {
                boolean empty = control.read("q_" + nic.label() + ".length", "").trim().equals("0");
                while (device.read(slab, 0, slab.capacity()) > 0) {
                    // Click's questions, and the packets they were asked for
                }
                if (empty) break;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void packet(One one, String to) {
        header(one, 0, NOTHING, 2, Cidr.parse("100::ffff").bytes(), Cidr.parse(to).bytes());
        send(one, 0);
    }

    /** Solicited, with the neighbour's link-layer address (RFC 4861, 4.4); its checksum is wrong, so that the guest's kernel does not believe it. */
    private void advertisement(One one) {
        byte[] address = Cidr.parse(one.address).bytes();
        header(one, ADVERTISEMENT, 58, 255, address, address);
        int icmp = Frames.OFFLOAD_HEADER + ETHERNET + HEADER;
        slab.put(icmp, (byte) 136).put(icmp + 1, (byte) 0).putShort(icmp + 2, (short) 0).putInt(icmp + 4, 0x60000000);
        slab.put(icmp + 8, address).put(icmp + 24, (byte) 2).put(icmp + 25, (byte) 1).put(icmp + 26, one.mac);
        send(one, ADVERTISEMENT);
    }

    private void header(One one, int payload, int next, int hops, byte[] from, byte[] to) {
        OffloadHeader.clear(slab, 0);
        int at = Frames.OFFLOAD_HEADER;
        slab.put(at, mac(one.nic.spec().mac())).put(at + 6, one.mac).putShort(at + 12, (short) 0x86dd);
        at += ETHERNET;
        slab.putInt(at, 0x60000000).putShort(at + 4, (short) payload).put(at + 6, (byte) next).put(at + 7, (byte) hops).put(at + 8, from).put(at + 24, to);
    }

    private void send(One one, int payload) {
        devices.get(one.nic.spec().name()).write(slab, 0, Frames.OFFLOAD_HEADER + ETHERNET + HEADER + payload);
    }

    private static byte[] mac(String text) {
        String[] parts = text.split("[:-]");
        byte[] mac = new byte[6];
        for (int i = 0; i < 6; i++) mac[i] = (byte) Integer.parseInt(parts[i], 16);
        return mac;
    }
}
