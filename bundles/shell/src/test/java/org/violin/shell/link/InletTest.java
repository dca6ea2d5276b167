// SPDX-License-Identifier: Apache-2.0
package org.violin.shell.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InletTest {
    @Test
    void what_came_can_be_read_when_the_connection_has_ended() throws Exception {
        Inlet inlet = new Inlet(bytes -> {
            throw new IOException("Socket closed");
        });
        inlet.offer(new byte[Inlet.WINDOW_BYTES]);
        assertEquals(Inlet.WINDOW_BYTES, inlet.readNBytes(Inlet.WINDOW_BYTES).length);
        inlet.end("last words".getBytes());
        assertEquals("last words", new String(inlet.readAllBytes()));
        assertEquals(-1, inlet.read());
    }

    @Test
    void room_is_told_as_bytes_are_read_and_never_exceeded() throws Exception {
        AtomicInteger told = new AtomicInteger();
        Inlet inlet = new Inlet(told::addAndGet);
        inlet.offer(new byte[Inlet.WINDOW_BYTES]);
        assertThrows(IOException.class, () -> inlet.offer(new byte[1]));
        inlet.readNBytes(Inlet.WINDOW_BYTES - 1);
        assertTrue(told.get() > 0 && told.get() < Inlet.WINDOW_BYTES, "no more than was read: " + told.get());
        inlet.offer(new byte[told.get()]);
        assertThrows(IOException.class, () -> inlet.offer(new byte[Inlet.WINDOW_BYTES]));
    }
}
