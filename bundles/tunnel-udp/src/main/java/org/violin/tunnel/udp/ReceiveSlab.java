// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * Lets Netty read into one buffer again and again, which so stays in the processor's cache: {@link Receiver} is through with what was
 * read before the next read. Should that once not be so, an ordinary buffer stands in.
 */
final class ReceiveSlab extends DefaultMaxMessagesRecvByteBufAllocator {
    private final ByteBuffer bytes;
    private final ByteBuf slab;
    private final long address;

    ReceiveSlab(int slabBytes, int maxMessagesPerRead) {
        super(maxMessagesPerRead);
        bytes = ByteBuffer.allocateDirect(slabBytes);
        slab = Unpooled.wrappedBuffer(bytes);
        address = slab.hasMemoryAddress() ? slab.memoryAddress() : 0;
    }

    /** The slab itself, or a view of what else Netty read into; either way {@link #offset} tells where the content lies in it. */
    ByteBuffer view(ByteBuf content) {
        return offset(content) < 0 ? content.internalNioBuffer(content.readerIndex(), content.readableBytes()) : bytes;
    }

    /** Where the content begins in the slab, or -1 when it lies elsewhere. */
    int offset(ByteBuf content) {
        if (address == 0 || !content.hasMemoryAddress()) return -1;
        long offset = content.memoryAddress() + content.readerIndex() - address;
        return offset >= 0 && offset + content.readableBytes() <= bytes.capacity() ? (int) offset : -1;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return bytes.capacity();
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return slab.refCnt() == 1 ? slab.retain().clear() : allocator.ioBuffer(guess());
            }
        };
    }
}
