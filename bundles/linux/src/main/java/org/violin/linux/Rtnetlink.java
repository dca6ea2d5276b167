// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.violin.api.model.Cidr;

/**
 * Links, addresses and routes of one network namespace (rtnetlink(7)), without a process per change. Called by guest runtimes; one thread
 * at a time. Every change is idempotent. Errors name what was tried and the kernel's reason.
 */
public final class Rtnetlink implements AutoCloseable {
    private static final int NEWLINK = 16;
    private static final int DELLINK = 17;
    private static final int GETLINK = 18;
    private static final int NEWADDR = 20;
    private static final int DELADDR = 21;
    private static final int GETADDR = 22;
    private static final int NEWROUTE = 24;
    private static final int DELROUTE = 25;
    private static final int GETROUTE = 26;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int ENODEV = 19;
    private static final int ESRCH = 3;
    private static final int EADDRNOTAVAIL = 99;
    private static final int TABLE_MAIN = 254;
    private static final int RTN_UNICAST = 1;
    private static final int IFA_F_NODAD = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_MULTIPATH = 9;

    /** One interface. {@code mac} is empty for interfaces without one. */
    public record Link(int index, String name, String mac, int mtuBytes, boolean up) {}

    /** One address of an interface; scope 0 is global, 253 link-local, 254 host. */
    public record Address(int link, Cidr cidr, int scope) {}

    /** One next hop. */
    public record Hop(String via, int link) {}

    /** One route of the main table; several hops share the load. Metric 0 is the kernel's default. */
    public record Route(Cidr destination, int metric, List<Hop> hops) {
        public Route {
            hops = hops.stream().sorted(java.util.Comparator.comparing(Hop::via).thenComparing(Hop::link)).toList();
        }
    }

    private final NetlinkSocket socket;

    private Rtnetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens the calling thread's namespace; usable from any thread afterwards. */
    public static Rtnetlink open() throws IOException {
        return new Rtnetlink(new NetlinkSocket());
    }

    public List<Link> links() throws IOException {
        List<Link> links = new ArrayList<>();
        NetlinkMessage message = new NetlinkMessage(GETLINK, NetlinkMessage.DUMP).u32(0).u32(0).u32(0).u32(0);
        check("list links", socket.exchange(message, (type, answer) -> {
            int index = answer.getInt(answer.position() + 4);
            boolean up = (answer.getInt(answer.position() + 8) & 1) != 0;
            TreeMap<Integer, byte[]> attributes = attributes(answer, 16);
            byte[] mac = attributes.getOrDefault(1, new byte[0]);
            links.add(new Link(index, text(attributes.get(3)), HexFormat.ofDelimiter(":").formatHex(mac), number(attributes.get(4)), up));
        }));
        return links;
    }

    /** Sets MAC ({@code null} leaves it) and MTU (0 leaves it) and takes the link up. */
    public void setLink(Link link, String mac, int mtuBytes) throws IOException {
        NetlinkMessage message = new NetlinkMessage(NEWLINK, NetlinkMessage.ACK).u32(0).u32(link.index).u32(1).u32(1);
        if (mac != null) message.attribute(1, HexFormat.ofDelimiter(":").parseHex(mac));
        if (mtuBytes != 0) message.attribute(4, mtuBytes);
        check("set " + link.name + " to MAC " + mac + ", MTU " + mtuBytes, socket.request(message));
    }

    /**
     * Limits super-frames that the interface is given (IFLA_GSO_MAX_SIZE), in bytes; false when the kernel refuses, which costs only speed.
     * TCP keeps about 320 bytes below it.
     */
    public boolean limitSuperFrames(Link link, int bytes) throws IOException {
        return socket.request(new NetlinkMessage(NEWLINK, NetlinkMessage.ACK).u32(0).u32(link.index).u32(0).u32(0).attribute(41, bytes)) == 0;
    }

    /** Sets how many frames wait in the interface for whoever holds it (IFLA_TXQLEN); what comes when it is full is dropped and counted. */
    public void queueFrames(Link link, int frames) throws IOException {
        NetlinkMessage message = new NetlinkMessage(NEWLINK, NetlinkMessage.ACK).u32(0).u32(link.index).u32(0).u32(0).attribute(13, frames);
        check("let " + frames + " frames wait in " + link.name, socket.request(message));
    }

    /** Removes an interface; one that is gone is fine. */
    public void deleteLink(Link link) throws IOException {
        int errno = socket.request(new NetlinkMessage(DELLINK, NetlinkMessage.ACK).u32(0).u32(link.index).u32(0).u32(0));
        if (errno != ENODEV) check("delete " + link.name, errno);
    }

    public List<Address> addresses() throws IOException {
        List<Address> addresses = new ArrayList<>();
        NetlinkMessage message = new NetlinkMessage(GETADDR, NetlinkMessage.DUMP).u32(0).u32(0);
        check("list addresses", socket.exchange(message, (type, answer) -> {
            int at = answer.position();
            int prefix = answer.get(at + 1) & 0xff;
            int scope = answer.get(at + 3) & 0xff;
            int link = answer.getInt(at + 4);
            TreeMap<Integer, byte[]> attributes = attributes(answer, 8);
            byte[] address = attributes.getOrDefault(2, attributes.get(1)); // IFA_LOCAL, else IFA_ADDRESS
            if (address != null && !mapped(address)) addresses.add(new Address(link, cidr(address, prefix), scope));
        }));
        return addresses;
    }

    public void addAddress(Link link, Cidr cidr) throws IOException {
        NetlinkMessage message = address(NEWADDR, NetlinkMessage.ACK | NetlinkMessage.CREATE | NetlinkMessage.REPLACE, link.index, cidr);
        if (!cidr.isIpv6() && cidr.prefix() < 31) message.attribute(4, broadcast(cidr));
        check("give " + link.name + " the address " + cidr, socket.request(message));
    }

    /** Removes an address; one that is gone is fine. */
    public void deleteAddress(Link link, Cidr cidr) throws IOException {
        int errno = socket.request(address(DELADDR, NetlinkMessage.ACK, link.index, cidr));
        if (errno != EADDRNOTAVAIL) check("take the address " + cidr + " from " + link.name, errno);
    }

    /** The main table's routes that were set with this protocol number. */
    public List<Route> routes(int protocol) throws IOException {
        List<Route> routes = new ArrayList<>();
        for (int family : new int[] {AF_INET, AF_INET6}) {
            NetlinkMessage message = new NetlinkMessage(GETROUTE, NetlinkMessage.DUMP).u8(family).u8(0).u8(0).u8(0).u32(0).u32(0);
            check("list routes", socket.exchange(message, (type, answer) -> {
                int at = answer.position();
                boolean ours = (answer.get(at + 4) & 0xff) == TABLE_MAIN && (answer.get(at + 5) & 0xff) == protocol;
                if (ours) routes.add(route(answer, family, answer.get(at + 1) & 0xff));
            }));
        }
        return routes;
    }

    /** Sets a route with this protocol number, in place of one to the same destination with the same metric. */
    public void setRoute(Route route, int protocol) throws IOException {
        int flags = NetlinkMessage.ACK | NetlinkMessage.CREATE | NetlinkMessage.REPLACE;
        NetlinkMessage message = route(NEWROUTE, flags, route, protocol);
        if (route.hops.size() == 1) {
            message.attribute(RTA_OIF, route.hops.get(0).link).attribute(RTA_GATEWAY, bytes(route.hops.get(0).via));
        } else {
            int paths = message.open(RTA_MULTIPATH);
            for (Hop hop : route.hops) {
                int path = message.open(0); // struct rtnexthop: length, flags, hops - 1, interface
                message.u32(hop.link).attribute(RTA_GATEWAY, bytes(hop.via)).close(path);
            }
            message.close(paths);
        }
        check("route " + route.destination + " via " + route.hops, socket.request(message));
    }

    /** Removes a route; one that is gone is fine. */
    public void deleteRoute(Route route, int protocol) throws IOException {
        int errno = socket.request(route(DELROUTE, NetlinkMessage.ACK, route, protocol));
        if (errno != ESRCH) check("delete the route to " + route.destination, errno);
    }

    private static NetlinkMessage route(int type, int flags, Route route, int protocol) {
        Cidr to = route.destination;
        NetlinkMessage message = new NetlinkMessage(type, flags).u8(to.isIpv6() ? AF_INET6 : AF_INET).u8(to.prefix()).u8(0).u8(0)
                .u8(TABLE_MAIN).u8(protocol).u8(0).u8(RTN_UNICAST).u32(0);
        if (to.prefix() > 0) message.attribute(RTA_DST, to.bytes());
        if (route.metric != 0) message.attribute(RTA_PRIORITY, route.metric);
        return message;
    }

    private static Route route(ByteBuffer answer, int family, int prefix) {
        TreeMap<Integer, byte[]> attributes = attributes(answer, 12);
        byte[] destination = attributes.getOrDefault(RTA_DST, new byte[family == AF_INET ? 4 : 16]);
        List<Hop> hops = new ArrayList<>();
        if (attributes.containsKey(RTA_GATEWAY)) {
            hops.add(new Hop(cidr(attributes.get(RTA_GATEWAY), 0).address(), number(attributes.get(RTA_OIF))));
        }
        if (attributes.containsKey(RTA_MULTIPATH)) {
            ByteBuffer paths = ByteBuffer.wrap(attributes.get(RTA_MULTIPATH)).order(answer.order());
            for (int at = 0; at + 8 <= paths.limit(); ) {
                int length = paths.getShort(at) & 0xffff;
                if (length < 8) break;
                ByteBuffer path = paths.duplicate().order(answer.order()).position(at).limit(Math.min(at + length, paths.limit()));
                byte[] via = attributes(path, 8).get(RTA_GATEWAY);
                if (via != null) hops.add(new Hop(cidr(via, 0).address(), paths.getInt(at + 4)));
                at += (length + 3) & ~3;
            }
        }
        return new Route(cidr(destination, prefix), number(attributes.get(RTA_PRIORITY)), hops);
    }

    private static NetlinkMessage address(int type, int flags, int link, Cidr cidr) {
        NetlinkMessage message = new NetlinkMessage(type, flags).u8(cidr.isIpv6() ? AF_INET6 : AF_INET).u8(cidr.prefix())
                .u8(cidr.isIpv6() ? IFA_F_NODAD : 0).u8(0).u32(link);
        return message.attribute(2, cidr.bytes()).attribute(1, cidr.bytes());
    }

    private static byte[] broadcast(Cidr cidr) {
        byte[] b = cidr.bytes();
        for (int bit = cidr.prefix(); bit < 32; bit++) b[bit / 8] |= (byte) (0x80 >> bit % 8);
        return b;
    }

    private static TreeMap<Integer, byte[]> attributes(ByteBuffer answer, int fixed) {
        TreeMap<Integer, byte[]> found = new TreeMap<>();
        for (int at = answer.position() + fixed; at + 4 <= answer.limit(); ) {
            int length = answer.getShort(at) & 0xffff;
            if (length < 4 || at + length > answer.limit()) break;
            byte[] value = new byte[length - 4];
            answer.get(at + 4, value);
            found.put(answer.getShort(at + 2) & 0x3fff, value);
            at += (length + 3) & ~3;
        }
        return found;
    }

    /** IPv4 in IPv6 form ({@code ::ffff:0:0/96}), which VIOLIN never sets and {@link Cidr} does not know. */
    private static boolean mapped(byte[] address) {
        if (address.length != 16 || address[10] != -1 || address[11] != -1) return false;
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) return false;
        }
        return true;
    }

    private static Cidr cidr(byte[] address, int prefix) {
        try {
            return new Cidr(java.net.InetAddress.getByAddress(address).getHostAddress(), prefix);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("address of " + address.length + " bytes", e);
        }
    }

    private static byte[] bytes(String address) {
        return Cidr.parse(address).bytes();
    }

    private static int number(byte[] value) {
        return value == null ? 0 : ByteBuffer.wrap(value).order(java.nio.ByteOrder.nativeOrder()).getInt();
    }

    private static String text(byte[] value) {
        return value == null ? "" : new String(value, 0, Math.max(0, value.length - 1), StandardCharsets.US_ASCII);
    }

    private static void check(String what, int errno) throws IOException {
        if (errno != 0) throw new IOException(what + ": " + Libc.strerror(errno));
    }

    @Override
    public void close() {
        socket.close();
    }
}
