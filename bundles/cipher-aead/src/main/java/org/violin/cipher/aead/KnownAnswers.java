// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;

/** What an engine must compute before it is trusted: published results, and the JDK's for lengths around its blocks. */
final class KnownAnswers {
    private static final int[] LENGTHS = {0, 1, 15, 16, 17, 255, 1440, 4096};
    private static final int HEADER = 12;
    /** RFC 8439, section 2.8.2. */
    private static final String CHACHA_TEXT =
            "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";

    private KnownAnswers() {}

    /** What is wrong; null: nothing. */
    static String wrong(AeadEngine engine, Suite suite) throws GeneralSecurityException {
        if (!published(engine, suite)) return "a published result differs";
        AeadEngine reference = new JceEngine("jdk", null);
        byte[] key = new byte[Suite.KEY];
        for (int i = 0; i < key.length; i++) key[i] = (byte) (i * 7 + 3);
        try (Aead seal = engine.key(suite, true, key);
                Aead open = engine.key(suite, false, key);
                Aead expected = reference.key(suite, true, key)) {
            for (int length : LENGTHS) {
                for (int kind = 0; kind < 3; kind++) {
                    String wrong = compare(seal, open, expected, length, kind);
                    if (wrong != null) return wrong;
                }
            }
        }
        return null;
    }

    private static String compare(Aead seal, Aead open, Aead expected, int length, int kind) {
        long rest = 0x0000_7766_5544_3322L + length;
        ByteBuffer ours = plain(length);
        ByteBuffer theirs = plain(length);
        if (!seal.seal(ours, 0, HEADER, length, kind, rest) || !expected.seal(theirs, 0, HEADER, length, kind, rest)) return "does not seal";
        if (!ours.equals(theirs)) return "seals " + length + " bytes otherwise than the JDK";
        int broken = (length * 5 + kind) % (HEADER + length + Suite.TAG);
        theirs.put(broken, (byte) (theirs.get(broken) ^ 1));
        if (open.open(theirs, 0, HEADER, length, kind, rest)) return "opens what was changed";
        if (!open.open(ours, 0, HEADER, length, kind, rest)) return "does not open what it sealed";
        return ours.limit(HEADER + length).equals(plain(length).limit(HEADER + length)) ? null : "opens to something else";
    }

    private static ByteBuffer plain(int length) {
        ByteBuffer slab = ByteBuffer.allocateDirect(HEADER + length + Suite.TAG);
        for (int i = 0; i < HEADER + length; i++) slab.put(i, (byte) (i * 31));
        return slab;
    }

    private static boolean published(AeadEngine engine, Suite suite) throws GeneralSecurityException {
        if (suite == Suite.AES_256_GCM) { // GCM specification (McGrew, Viega), test case 14
            return published(engine, suite, new byte[Suite.KEY], "", new byte[16], 0, 0, "d0d1c8a799996bf0265b98b5d48ab919");
        }
        byte[] key = new byte[Suite.KEY];
        for (int i = 0; i < key.length; i++) key[i] = (byte) (0x80 + i);
        byte[] text = CHACHA_TEXT.getBytes(StandardCharsets.US_ASCII);
        return published(
                engine, suite, key, "50515253c0c1c2c3c4c5c6c7", text, 0x07000000, 0x4041424344454647L, "1ae10b594f09e26a7e902ecbd0600691");
    }

    private static boolean published(AeadEngine engine, Suite suite, byte[] key, String associated, byte[] text, int first, long rest, String tag)
            throws GeneralSecurityException {
        byte[] header = HexFormat.of().parseHex(associated);
        ByteBuffer slab = ByteBuffer.allocateDirect(header.length + text.length + Suite.TAG);
        slab.put(0, header).put(header.length, text);
        try (Aead seal = engine.key(suite, true, key)) {
            if (!seal.seal(slab, 0, header.length, text.length, first, rest)) return false;
        }
        byte[] sealed = new byte[Suite.TAG];
        slab.get(header.length + text.length, sealed);
        return Arrays.equals(sealed, HexFormat.of().parseHex(tag));
    }
}
