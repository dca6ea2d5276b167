// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibRoute;

/**
 * Decodes the stream in which zebra tells its FIB: FPM frames (fpm/fpm.h of FRR: version, type, big-endian length with the header) that
 * hold rtnetlink messages in host order (rtnetlink(7), linux/rtnetlink.h). Pure; one connection, one thread.
 */
final class FpmDecoder {
    private static final int FRAME_HEADER = 4;
    private static final int NETLINK_HEADER = 16;
    private static final int ROUTE_HEADER = 12;
    private static final int HOP_HEADER = 8;
    private static final int NEWROUTE = 24;
    private static final int DELROUTE = 25;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int TABLE_MAIN = 254;
    private static final int RTN_UNICAST = 1;
    private static final int RTN_BLACKHOLE = 6;
    private static final int RTN_PROHIBIT = 8;
    private static final int DST = 1;
    private static final int OIF = 4;
    private static final int GATEWAY = 5;
    private static final int MULTIPATH = 9;
    private static final int TABLE = 15;
    private static final int VIA = 18;
    private static final Map<Integer, String> PROTOCOLS = Map.of(186, "bgp", 187, "isis", 188, "ospf", 189, "rip", 190, "rip", 196, "static");

    /** @param route null: the destination is gone */
    record Change(Cidr destination, FibRoute route) {}

    private final IntFunction<String> nicOf;
    private final ByteBuffer waiting = ByteBuffer.allocate(2 * 65536).order(ByteOrder.BIG_ENDIAN);
    private long ignored;

    /** @param nicOf name of an interface by its index; empty when there is none */
    FpmDecoder(IntFunction<String> nicOf) {
        this.nicOf = nicOf;
    }

    /** Messages that say nothing of the main table's unicast routes. */
    long ignored() {
        return ignored;
    }

    /** Takes what was received, as it comes, and tells what is complete. IOException: this is not FPM; the connection is to be closed. */
    void feed(ByteBuffer received, Consumer<Change> each) throws IOException {
        while (received.hasRemaining()) {
            int n = Math.min(received.remaining(), waiting.remaining());
            waiting.put(received.slice(received.position(), n));
            received.position(received.position() + n);
            waiting.flip();
            while (waiting.remaining() >= FRAME_HEADER) {
                int at = waiting.position();
                int length = waiting.getShort(at + 2) & 0xffff;
                if (waiting.get(at) != 1 || waiting.get(at + 1) != 1 || length < FRAME_HEADER) throw new IOException("this is not FPM over netlink");
                if (waiting.remaining() < length) break;
                frame(waiting.slice(at + FRAME_HEADER, length - FRAME_HEADER).order(ByteOrder.nativeOrder()), each);
                waiting.position(at + length);
            }
            waiting.compact();
        }
    }

    private void frame(ByteBuffer frame, Consumer<Change> each) throws IOException {
        for (int at = 0; at + NETLINK_HEADER <= frame.limit(); ) {
            int length = frame.getInt(at);
            if (length < NETLINK_HEADER || length > frame.limit() - at) throw new IOException("a netlink message of " + length + " bytes is cut");
            int type = frame.getShort(at + 4) & 0xffff;
            boolean route = (type == NEWROUTE || type == DELROUTE) && length >= NETLINK_HEADER + ROUTE_HEADER;
            Change change = route ? route(frame.slice(at + NETLINK_HEADER, length - NETLINK_HEADER).order(frame.order()), type == DELROUTE) : null;
            if (change == null) ignored++;
            else each.accept(change);
            at += (length + 3) & ~3;
        }
    }

    private Change route(ByteBuffer m, boolean gone) {
        int family = m.get(0) & 0xff;
        int prefix = m.get(1) & 0xff;
        int table = m.get(4) & 0xff;
        int protocol = m.get(5) & 0xff;
        int type = m.get(7) & 0xff;
        int size = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
        if (size == 0 || prefix > size * 8) return null;
        byte[] destination = new byte[size];
        String via = "";
        int oif = 0;
        List<FibRoute.Hop> hops = new ArrayList<>();
        for (int at = ROUTE_HEADER; at + 4 <= m.limit(); ) {
            int length = m.getShort(at) & 0xffff;
            if (length < 4 || at + length > m.limit()) break;
            ByteBuffer value = m.slice(at + 4, length - 4).order(m.order());
            switch (m.getShort(at + 2) & 0x3fff) {
                case DST -> value.get(0, destination, 0, Math.min(size, value.limit()));
                case OIF -> oif = value.limit() >= 4 ? value.getInt(0) : 0;
                case GATEWAY -> via = address(value, 0);
                case VIA -> via = address(value, 2);
                case MULTIPATH -> multipath(value, hops);
                case TABLE -> table = value.limit() >= 4 ? value.getInt(0) : table;
                default -> { }
            }
            at += (length + 3) & ~3;
        }
        if (table != TABLE_MAIN && table != 0 || outside(destination)) return null;
        Cidr to = new Cidr(text(destination), prefix).network();
        if (gone) return new Change(to, null);
        boolean drops = type >= RTN_BLACKHOLE && type <= RTN_PROHIBIT;
        if (type != RTN_UNICAST && !drops) return null;
        if (drops) hops.clear();
        else if (hops.isEmpty()) hops.add(new FibRoute.Hop(via, nicOf.apply(oif), 1));
        boolean linked = !drops && hops.stream().allMatch(h -> h.via().isEmpty());
        return new Change(to, new FibRoute(to, PROTOCOLS.getOrDefault(protocol, linked ? "connected" : "kernel"), hops));
    }

    /** struct rtnexthop: length, flags, weight - 1, interface; then attributes. */
    private void multipath(ByteBuffer m, List<FibRoute.Hop> hops) {
        for (int at = 0; at + HOP_HEADER <= m.limit(); ) {
            int length = m.getShort(at) & 0xffff;
            if (length < HOP_HEADER || at + length > m.limit()) return;
            String via = "";
            for (int a = at + HOP_HEADER; a + 4 <= at + length; ) {
                int size = m.getShort(a) & 0xffff;
                if (size < 4 || a + size > at + length) break;
                int kind = m.getShort(a + 2) & 0x3fff;
                if (kind == GATEWAY) via = address(m.slice(a + 4, size - 4), 0);
                if (kind == VIA) via = address(m.slice(a + 4, size - 4), 2);
                a += (size + 3) & ~3;
            }
            hops.add(new FibRoute.Hop(via, nicOf.apply(m.getInt(at + 4)), (m.get(at + 3) & 0xff) + 1));
            at += (length + 3) & ~3;
        }
    }

    /** Link-local and multicast: no router hands these on. */
    private static boolean outside(byte[] destination) {
        int first = destination[0] & 0xff;
        if (destination.length == 4) return first >= 0xe0 || first == 127;
        return first == 0xff || first == 0xfe && (destination[1] & 0xc0) == 0x80 || mapped(destination);
    }

    private static boolean mapped(byte[] address) {
        for (int i = 0; i < 10; i++) if (address[i] != 0) return false;
        return address[10] == -1 && address[11] == -1;
    }

    private static String address(ByteBuffer value, int skipped) {
        int n = value.limit() - skipped;
        if (n != 4 && n != 16) return "";
        byte[] bytes = new byte[n];
        value.get(skipped, bytes);
        return n == 16 && mapped(bytes) ? "" : text(bytes);
    }

    /** The canonical form; octets as text because {@link Cidr} takes nothing else. */
    private static String text(byte[] bytes) {
        try {
            return new Cidr(java.net.InetAddress.getByAddress(bytes).getHostAddress(), bytes.length * 8).address();
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
