// SPDX-License-Identifier: Apache-2.0
package org.violin.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnNetnsTest {
    private static final Path SELF = Path.of("/proc/thread-self/ns/net");

    @BeforeEach
    void root() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    }

    @Test
    void hasOnlyALoopbackThatIsUp() throws Exception {
        try (OwnNetns own = OwnNetns.open()) {
            List<Rtnetlink.Link> links = Netns.call(own.path(), () -> {
                try (Rtnetlink kernel = Rtnetlink.open()) {
                    return kernel.links();
                }
            });
            Rtnetlink.Link lo = links.stream().filter(l -> l.name().equals("lo")).findFirst().orElseThrow();
            assertTrue(lo.up());
            assertTrue(links.stream().allMatch(l -> l == lo || !l.up()), links.toString());
        }
    }

    @Test
    void isAnotherForEachAndLeavesTheCallersThreadWhereItWas() throws Exception {
        String before = Files.readSymbolicLink(SELF).toString();
        try (OwnNetns one = OwnNetns.open(); OwnNetns two = OwnNetns.open()) {
            String first = Netns.call(one.path(), () -> Files.readSymbolicLink(SELF).toString());
            assertNotEquals(first, Netns.call(two.path(), () -> Files.readSymbolicLink(SELF).toString()));
            assertNotEquals(first, before);
        }
        assertEquals(before, Files.readSymbolicLink(SELF).toString());
    }

    @Test
    void socketsInItHearNothingFromElsewhereAndOutliveIt() throws Exception {
        InetSocketAddress here = new InetSocketAddress("127.0.0.1", 10_777);
        OwnNetns own = OwnNetns.open();
        UdpSocket inside = Netns.call(own.path(), () -> UdpSocket.open(here));
        UdpSocket friend = Netns.call(own.path(), () -> UdpSocket.open(new InetSocketAddress("127.0.0.1", 10_778)));
        own.close();
        own.close();
        assertThrows(IOException.class, () -> Netns.call(own.path(), () -> 1));
        ByteBuffer slab = ByteBuffer.allocateDirect(100);
        Message message = new Message(1);
        message.part(Slabs.of(slab), 20);
        message.to(here, false);
        try (UdpSocket outside = UdpSocket.open(new InetSocketAddress("127.0.0.1", 0))) {
            outside.send(message);
            Message in = new Message(1);
            in.part(Slabs.of(slab), 100);
            assertFalse(inside.awaitReadable(50_000_000));
            assertEquals(20, friend.send(message));
            assertTrue(inside.awaitReadable(5_000_000_000L));
            assertEquals(20, inside.receive(in, false));
        }
        inside.close();
        friend.close();
    }
}
