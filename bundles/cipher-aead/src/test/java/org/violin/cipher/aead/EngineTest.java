// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class EngineTest {
    /** Native ones that this machine has: at least one. */
    private static final List<AeadEngine> NATIVE = List.<AeadEngine>of(new OpensslEngine(), new GnutlsEngine()).stream().filter(EngineTest::present).toList();

    private static final List<AeadEngine> ENGINES = Stream.concat(Stream.of(new JceEngine("jdk", null)), NATIVE.stream()).toList();

    private static boolean present(AeadEngine engine) {
        try {
            engine.key(Suite.AES_256_GCM, true, new byte[32]).close();
            return true;
        } catch (GeneralSecurityException | LinkageError e) {
            System.out.println(engine.name() + " is not installed: " + e);
            return false;
        }
    }

    /** Computes right but for one thing. */
    private record Broken(String what) implements AeadEngine {
        @Override
        public String name() {
            return "broken";
        }

        @Override
        public Aead key(Suite suite, boolean sealing, byte[] key) throws GeneralSecurityException {
            if (what.equals("missing")) throw new GeneralSecurityException("none");
            if (what.equals("unlinked")) throw new NoClassDefFoundError("none");
            Aead good = ENGINES.get(0).key(suite, sealing, key);
            return new Aead() {
                @Override
                public boolean seal(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
                    return good.seal(slab, what.equals("header") ? offset : header, offset, length, what.equals("nonce") ? 0 : first, rest);
                }

                @Override
                public boolean open(ByteBuffer slab, int header, int offset, int length, int first, long rest) {
                    boolean opened = good.open(slab, what.equals("header") ? offset : header, offset, length, what.equals("nonce") ? 0 : first, rest);
                    return opened || what.equals("tag");
                }

                @Override
                public void close() {
                    good.close();
                }
            };
        }
    }

    @Test
    void allComputeWhatWasPublishedAndWhatTheOthersDo() throws Exception {
        for (AeadEngine engine : ENGINES) for (Suite suite : Suite.values()) assertNull(KnownAnswers.wrong(engine, suite), engine.name());
    }

    @Test
    void anEngineThatComputesWronglyIsFoundAndNotChosen() throws Exception {
        for (String what : List.of("header", "nonce", "tag")) {
            for (Suite suite : Suite.values()) assertNotNull(KnownAnswers.wrong(new Broken(what), suite), what);
        }
        for (String what : List.of("header", "nonce", "tag", "missing", "unlinked")) {
            Engines chosen = EngineChoice.choose(List.of(new Broken(what), ENGINES.get(0)), List.of(Suite.values()), 1_000_000);
            assertEquals("jdk", chosen.chosen().get(Suite.AES_256_GCM).name());
            assertThrows(
                    IllegalStateException.class, () -> EngineChoice.choose(List.of(new Broken(what)), List.of(Suite.values()), 1_000_000));
        }
    }

    @Test
    void onlyAllowedSuitesAreChosen() {
        Engines chosen = EngineChoice.choose(ENGINES, List.of(Suite.CHACHA20_POLY1305), 1_000_000);
        assertEquals(List.of(Suite.CHACHA20_POLY1305), chosen.suites());
        assertNull(chosen.choose(List.of(Suite.AES_256_GCM)));
    }

    @Test
    void aClosedKeyDoesNothing() throws Exception {
        ByteBuffer slab = ByteBuffer.allocateDirect(100);
        for (AeadEngine engine : ENGINES) {
            Aead key = engine.key(Suite.AES_256_GCM, true, new byte[32]);
            key.close();
            key.close();
            assertFalse(key.seal(slab, 0, 12, 10, 0, 1));
        }
    }

    @Test
    void aForgeryDoesNotSpoilTheNonceOfTheGenuine() throws Exception {
        for (AeadEngine engine : ENGINES) {
            for (Suite suite : Suite.values()) {
                ByteBuffer slab = ByteBuffer.allocateDirect(100);
                try (Aead seal = engine.key(suite, true, new byte[32]); Aead open = engine.key(suite, false, new byte[32])) {
                    assertTrue(seal.seal(slab, 0, 12, 40, 0, 1));
                    ByteBuffer forged = ByteBuffer.allocateDirect(100);
                    assertFalse(open.open(forged, 0, 12, 40, 0, 1));
                    assertTrue(open.open(slab, 0, 12, 40, 0, 1), engine.name() + " " + suite);
                }
            }
        }
    }

    @Test
    void sealedTrafficByNativeEnginesAllocatesNothing() {
        assertFalse(NATIVE.isEmpty(), "neither OpenSSL nor GnuTLS is installed");
        for (AeadEngine engine : NATIVE) allocatesNothing(engine);
    }

    private static void allocatesNothing(AeadEngine engine) {
        TestLab lab = new TestLab();
        lab.engines = TestLab.engines(engine);
        Pair pair = new Pair(lab).agree();
        ByteBuffer slab = ByteBuffer.allocateDirect(2048);
        long counter = run(pair, slab, 0, 20_000);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        run(pair, slab, counter, 20_000);
        long each = (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / 20_000;
        assertEquals(0, each, "bytes allocated for each datagram sealed and opened");
    }

    private static long run(Pair pair, ByteBuffer slab, long counter, int times) {
        for (int i = 0; i < times; i++) {
            int sealed = pair.ab.seal(slab, 0, 12, 1440, ++counter);
            if (pair.ba.open(slab, 0, 12, sealed, counter) != 1440) throw new AssertionError("not opened");
        }
        return counter;
    }
}
