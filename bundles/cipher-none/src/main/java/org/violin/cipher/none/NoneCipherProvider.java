// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.none;

import java.nio.ByteBuffer;
import org.osgi.service.component.annotations.Component;
import org.violin.api.dataplane.CipherProvider;
import org.violin.api.dataplane.FrameCipher;

/** The cipher that changes nothing and adds nothing: payloads are readable and forgeable by anyone on the path. */
@Component
public final class NoneCipherProvider implements CipherProvider {
    @Override
    public String kind() {
        return "none";
    }

    @Override
    public FrameCipher create() {
        return new Plain();
    }

    private static final class Plain implements FrameCipher {
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
    }
}
