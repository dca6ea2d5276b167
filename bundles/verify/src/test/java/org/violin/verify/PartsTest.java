// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.api.control.Confinement.Verdict;
import org.violin.frame.Checksum;
import org.violin.frame.Ethernet;

/** What needs no namespace. */
class PartsTest {
    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    @Test
    void a_marker_is_found_wherever_it_lies_and_only_this_runs() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Marker marker = Marker.random();
        Marker other = Marker.random();
        ByteBuffer slab = ByteBuffer.allocateDirect(2000);
        for (int i = 0; i < 500; i++) {
            byte[] noise = new byte[2000];
            random.nextBytes(noise);
            slab.put(0, noise);
            assertEquals(-1, marker.find(slab, 0, 2000), "seed " + seed);
            int at = random.nextInt(2000 - Marker.BYTES + 1);
            other.put(slab, at, 1);
            assertEquals(-1, marker.find(slab, 0, 2000), "seed " + seed);
            marker.put(slab, at, i);
            assertEquals(at, Marker.of(marker.hex()).find(slab, 0, 2000), "seed " + seed);
            assertEquals(i, Marker.number(slab, at));
            assertEquals(-1, marker.find(slab, 0, at + Marker.BYTES - 1), "seed " + seed);
        }
        assertEquals(200, marker.small(marker.mac(200)));
        assertEquals(-1, other.small(marker.mac(200)));
        assertThrows(IllegalArgumentException.class, () -> Marker.of("12"));
        assertThrows(IllegalArgumentException.class, () -> Marker.of("x".repeat(24)));
    }

    @Test
    void a_number_tells_host_and_case() {
        Canaries here = new Canaries("host1");
        Canary one = here.add(Case.CIPHER, "a", "x", 14);
        assertEquals(Case.CIPHER, Canary.kind(one.number()));
        assertEquals(one, here.byNumber(one.number()));
        assertNull(new Canaries("host2").byNumber(one.number()));
        assertNull(here.byNumber(one.number() + 1));
        assertNull(here.runt(0));
        for (int i = 0; i < 256; i++) assertEquals(i, here.addRunt(Case.ODD, "a", "x"));
        assertEquals(-1, here.addRunt(Case.ODD, "a", "x"));
    }

    @Test
    void crafted_packets_have_right_checksums() throws Exception {
        Marker marker = Marker.random();
        Craft craft = new Craft(marker);
        for (String[] pair : new String[][] {{"10.0.0.1", "10.0.0.2"}, {"fd00::1", "fd00::2"}}) {
            InetAddress from = address(pair[0]);
            InetAddress to = address(pair[1]);
            int ip = Craft.FRAME + Ethernet.HEADER;
            boolean v4 = Craft.payload(to) == 42;
            int transport = ip + (v4 ? 20 : 40);
            craft.ether(Ethernet.BROADCAST, 1, 0);
            craft.mark(Craft.payload(to), 5);
            int length = craft.udp(from, 7, to, 8, Marker.BYTES);
            if (v4) assertEquals(0, Checksum.of(craft.slab, ip, 20));
            int sum = Checksum.pseudoHeader(craft.slab, v4 ? ip + 12 : ip + 8, v4 ? 4 : 16, 17, 24);
            assertEquals(0, Checksum.invert(Checksum.add(sum, craft.slab, transport, 24)));
            assertEquals(Craft.FRAME + Craft.payload(to), marker.find(craft.slab, 0, Craft.FRAME + length));
            craft.ether(Ethernet.BROADCAST, 1, 0);
            craft.echo(from, to, 6);
            int icmp = v4 ? 0 : Checksum.pseudoHeader(craft.slab, ip + 8, 16, 58, 24);
            assertEquals(0, Checksum.invert(Checksum.add(icmp, craft.slab, transport, 24)));
        }
    }

    @Test
    void a_storm_that_was_fast_and_flooded_wholly_shows_that_there_is_no_limit() {
        Storm.Result fast = new Storm.Result(5000, 50_000_000, 5000);
        assertEquals(Verdict.FAIL, fast.limit(0));
        assertEquals(Verdict.PASS, fast.limit(1));
        assertEquals(Verdict.UNTESTED, new Storm.Result(5000, 50_000_000, 1500).limit(0), "most were not there yet");
        assertEquals(Verdict.UNTESTED, new Storm.Result(5000, 500_000_000, 5000).limit(0), "slower than any limit");
    }
}
