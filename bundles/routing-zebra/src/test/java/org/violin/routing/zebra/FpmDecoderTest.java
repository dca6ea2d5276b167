// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.zebra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.violin.api.model.Cidr;
import org.violin.api.routing.FibRoute;

class FpmDecoderTest {
    private static final int NEWROUTE = 24;
    private static final int DELROUTE = 25;

    /** One FPM frame around some netlink messages, as zebra makes it. */
    private static ByteBuffer frame(byte[]... messages) {
        ByteBuffer out = ByteBuffer.allocate(65536);
        out.put((byte) 1).put((byte) 1).putShort((short) 0);
        for (byte[] m : messages) out.put(m);
        return out.putShort(2, (short) out.position()).flip();
    }

    private static byte[] message(int type, int routeType, int protocol, String to, Consumer<ByteBuffer> attributes) {
        Cidr cidr = Cidr.parse(to);
        ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
        out.putInt(0).putShort((short) type).putShort((short) 0x501).putInt(0).putInt(0);
        out.put((byte) (cidr.isIpv6() ? 10 : 2)).put((byte) cidr.prefix()).put((byte) 0).put((byte) 0).put((byte) 254).put((byte) protocol)
                .put((byte) 0).put((byte) routeType).putInt(0);
        if (cidr.prefix() > 0) attribute(out, 1, cidr.bytes());
        attribute(out, 6, number(20));
        attributes.accept(out);
        out.putInt(0, out.position());
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static void attribute(ByteBuffer out, int kind, byte[] value) {
        out.putShort((short) (4 + value.length)).putShort((short) kind).put(value);
        while (out.position() % 4 != 0) out.put((byte) 0);
    }

    private static byte[] number(int n) {
        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(n).array();
    }

    private static Consumer<ByteBuffer> via(String address, int nic) {
        return out -> {
            if (!address.isEmpty()) attribute(out, 5, Cidr.parse(address).bytes());
            attribute(out, 4, number(nic));
        };
    }

    private static Consumer<ByteBuffer> multipath(String... addresses) {
        return out -> {
            ByteBuffer hops = ByteBuffer.allocate(1024).order(ByteOrder.nativeOrder());
            for (int i = 0; i < addresses.length; i++) {
                hops.putShort((short) 16).put((byte) 0).put((byte) i).putInt(i + 1);
                attribute(hops, 5, Cidr.parse(addresses[i]).bytes());
            }
            byte[] bytes = new byte[hops.position()];
            hops.get(0, bytes);
            attribute(out, 9, bytes);
        };
    }

    private static List<FpmDecoder.Change> decode(ByteBuffer... frames) throws IOException {
        List<FpmDecoder.Change> found = new ArrayList<>();
        FpmDecoder decoder = new FpmDecoder(i -> "eth" + i);
        for (ByteBuffer f : frames) decoder.feed(f, found::add);
        return found;
    }

    private static FibRoute route(String to, String protocol, FibRoute.Hop... hops) {
        return new FibRoute(Cidr.parse(to), protocol, List.of(hops));
    }

    @Test
    void newAndGone() throws IOException {
        List<FpmDecoder.Change> found = decode(frame(message(DELROUTE, 1, 188, "10.2.0.0/24", out -> {}),
                message(NEWROUTE, 1, 188, "10.2.0.0/24", via("10.0.0.2", 3))));
        assertEquals(List.of(new FpmDecoder.Change(Cidr.parse("10.2.0.0/24"), null), new FpmDecoder.Change(Cidr.parse("10.2.0.0/24"),
                route("10.2.0.0/24", "ospf", new FibRoute.Hop("10.0.0.2", "eth3", 1)))), found);
    }

    @Test
    void severalHopsWithWeights() throws IOException {
        assertEquals(route("10.9.0.0/16", "bgp", new FibRoute.Hop("10.0.0.2", "eth1", 1), new FibRoute.Hop("10.0.1.2", "eth2", 2)),
                decode(frame(message(NEWROUTE, 1, 186, "10.9.0.0/16", multipath("10.0.0.2", "10.0.1.2")))).get(0).route());
    }

    @Test
    void kindsOfRoutes() throws IOException {
        assertEquals(route("192.0.2.0/24", "static"), decode(frame(message(NEWROUTE, 6, 196, "192.0.2.0/24", out -> {}))).get(0).route());
        assertEquals(route("10.0.1.0/24", "connected", new FibRoute.Hop("", "eth2", 1)),
                decode(frame(message(NEWROUTE, 1, 2, "10.0.1.0/24", via("", 2)))).get(0).route());
        assertEquals(route("0.0.0.0/0", "rip", new FibRoute.Hop("10.0.0.9", "eth1", 1)),
                decode(frame(message(NEWROUTE, 1, 189, "0.0.0.0/0", via("10.0.0.9", 1)))).get(0).route());
        assertEquals(route("fd00:2::/64", "ospf", new FibRoute.Hop("fe80::2", "eth1", 1)),
                decode(frame(message(NEWROUTE, 1, 188, "fd00:2::/64", via("fe80::2", 1)))).get(0).route());
        Consumer<ByteBuffer> unnumbered = out -> {
            ByteBuffer via = ByteBuffer.allocate(18).order(ByteOrder.nativeOrder()).putShort((short) 10).put(Cidr.parse("fe80::7").bytes());
            attribute(out, 18, via.array());
            attribute(out, 4, number(1));
        };
        assertEquals("fe80::7", decode(frame(message(NEWROUTE, 1, 186, "10.7.0.0/16", unnumbered))).get(0).route().hops().get(0).via());
    }

    @Test
    void whatNoRouterHandsOnIsLeftOut() throws IOException {
        Consumer<ByteBuffer> otherTable = out -> attribute(out, 15, number(100));
        assertEquals(List.of(), decode(frame(message(NEWROUTE, 1, 2, "fe80::/64", via("", 1)), message(NEWROUTE, 1, 2, "ff00::/8", via("", 1)),
                message(NEWROUTE, 1, 188, "10.1.0.0/16", otherTable), message(104, 1, 188, "10.1.0.0/16", out -> {}),
                message(NEWROUTE, 2, 2, "10.0.0.1/32", via("", 1)))));
    }

    @Test
    void anyCutOfTheStreamGivesTheSame() throws IOException {
        long seed = 11;
        Random random = new Random(seed);
        ByteBuffer all = ByteBuffer.allocate(1 << 20);
        for (int i = 0; i < 400; i++) all.put(frame(message(NEWROUTE, 1, 188, "10." + i / 256 + "." + i % 256 + ".0/24", via("10.0.0.2", 1))));
        all.flip();
        List<FpmDecoder.Change> found = new ArrayList<>();
        FpmDecoder decoder = new FpmDecoder(i -> "eth" + i);
        while (all.hasRemaining()) {
            int n = Math.min(all.remaining(), 1 + random.nextInt(200));
            decoder.feed(all.slice(all.position(), n), found::add);
            all.position(all.position() + n);
        }
        assertEquals(400, found.size(), "seed " + seed);
    }

    @Test
    void rubbishIsAnErrorAndNeverMore() {
        assertThrows(IOException.class, () -> decode(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes())));
        long seed = 12;
        Random random = new Random(seed);
        byte[] good = message(NEWROUTE, 1, 188, "10.9.0.0/16", multipath("10.0.0.2", "10.0.1.2"));
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int k = 0; k < 3; k++) bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            try {
                decode(frame(bad));
            } catch (IOException e) {
                continue; // said, not crashed
            }
        }
    }
}
