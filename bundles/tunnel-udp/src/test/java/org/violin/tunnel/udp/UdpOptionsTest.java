// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.violin.api.dataplane.TunnelSettings;
import org.violin.testkit.tunnel.RecordingSink;
import org.violin.testkit.tunnel.TagCiphers;
import org.violin.testkit.tunnel.TunnelPair;

final class UdpOptionsTest {
    private static UdpOptions with(String transport, String segmentation, int silence, int keepalive, int window) {
        return new UdpOptions(transport, segmentation, "auto", silence, keepalive, 1 << 20, 1 << 20, window, 5, 1000);
    }

    @Test
    void theDefaultsAreThoseOfTheMetatype() throws ReflectiveOperationException {
        UdpOptions defaults = UdpOptions.defaults();
        assertEquals(defaults.silenceLimitMillis(), UdpTunnelProvider.Config.class.getDeclaredMethod("silence_limit_millis").getDefaultValue());
        assertEquals(defaults.keepaliveMillis(), UdpTunnelProvider.Config.class.getDeclaredMethod("keepalive_millis").getDefaultValue());
        assertEquals(defaults.reorderWindow(), UdpTunnelProvider.Config.class.getDeclaredMethod("reorder_window").getDefaultValue());
        assertEquals(defaults.reorderMillis(), UdpTunnelProvider.Config.class.getDeclaredMethod("reorder_millis").getDefaultValue());
        assertEquals(defaults.reorderStartMicros(), UdpTunnelProvider.Config.class.getDeclaredMethod("reorder_start_micros").getDefaultValue());
        assertEquals(defaults.receiveBufferBytes(), UdpTunnelProvider.Config.class.getDeclaredMethod("receive_buffer_bytes").getDefaultValue());
        assertEquals(defaults.sendBufferBytes(), UdpTunnelProvider.Config.class.getDeclaredMethod("send_buffer_bytes").getDefaultValue());
    }

    @Test
    void aWrongValueIsRefusedWithItsKeyAndRule() {
        String window = assertThrows(IllegalArgumentException.class, () -> with("auto", "auto", 3000, 1000, 65)).getMessage();
        assertTrue(window.contains("reorder.window = 65 must be 0 to 64"), window);
        String word = assertThrows(IllegalArgumentException.class, () -> with("tcp", "auto", 3000, 1000, 1)).getMessage();
        assertTrue(word.contains("transport = tcp must be one of auto, native, epoll, nio"), word);
        assertThrows(IllegalArgumentException.class, () -> with("auto", "auto", 1500, 1000, 1), "silence below two keepalives");
    }

    @Test
    void requiredSegmentationIsRefusedWhereItIsNotPossible() {
        UdpTunnelProvider provider = new UdpTunnelProvider(with("nio", "on", 3000, 1000, 1));
        TunnelSettings settings = new TunnelSettings("a", TunnelPair.freeAddress(), 1, 1500, 1000);
        assertThrows(IllegalStateException.class, () -> provider.open(settings, List.of(new TagCiphers()), new RecordingSink(), null));
    }

    @Test
    void aPathMtuOutOfRangeIsRefused() throws IOException {
        UdpTunnelProvider provider = new UdpTunnelProvider(UdpOptions.defaults());
        for (int mtu : new int[] {1279, 9001}) {
            TunnelSettings settings = new TunnelSettings("a", TunnelPair.freeAddress(), 1, mtu, 1000);
            assertThrows(IllegalArgumentException.class, () -> provider.open(settings, List.of(new TagCiphers()), new RecordingSink(), null));
        }
    }
}
