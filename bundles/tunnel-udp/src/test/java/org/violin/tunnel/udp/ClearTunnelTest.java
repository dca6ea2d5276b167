// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.nio.ByteBuffer;
import org.violin.api.dataplane.FrameCipher;
import org.violin.api.dataplane.TunnelProvider;
import org.violin.testkit.tunnel.DatagramTunnelContract;

/** The contract on the kernel's own calls without a cipher: records are sent from where they lie, and received so that they lie whole. */
final class ClearTunnelTest extends DatagramTunnelContract {
    static final FrameCipher CLEAR = new FrameCipher() {
        @Override
        public int overhead() {
            return 0;
        }

        @Override
        public boolean clear() {
            return true;
        }

        @Override
        public int seal(ByteBuffer slab, int offset, int length, long counter) {
            return length;
        }

        @Override
        public int open(ByteBuffer slab, int offset, int length, long counter) {
            return length;
        }
    };

    @Override
    protected FrameCipher cipher() {
        return CLEAR;
    }

    @Override
    protected TunnelProvider provider() {
        return new UdpTunnelProvider(new UdpOptions("native", "auto", "auto", 800, 100, 8 << 20, 1 << 20, 64, 300, 300_000));
    }
}
