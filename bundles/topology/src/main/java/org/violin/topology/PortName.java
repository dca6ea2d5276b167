// SPDX-License-Identifier: Apache-2.0
package org.violin.topology;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short names and numbers made from long names, the same ones every time. */
final class PortName {
    private static final int MAX = 15;
    private static final int HASH_DIGITS = 6;

    private PortName() {}

    /** The name itself when it fits into an interface name, else its beginning and a hash of the whole. */
    static String of(String name) {
        if (name.length() <= MAX) return name;
        return name.substring(0, MAX - HASH_DIGITS - 1) + "-" + HexFormat.of().formatHex(hash(name)).substring(0, HASH_DIGITS);
    }

    /** A unicast, locally administered MAC (IEEE 802: second lowest bit of the first octet). */
    static String mac(String of) {
        return "02:" + HexFormat.ofDelimiter(":").formatHex(hash(of), 0, 5);
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
