// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.nio.charset.StandardCharsets;

/** The words of the enrolment protocol, version 1. */
final class Enrolment {
    static final String ASK = "violin-enrol 1";
    static final String AUTHORITY = "violin-authority 1";
    static final String HOST = "violin-host 1";
    static final String ADMITTED = "violin-admitted 1";
    static final String REFUSED = "violin-refused 1";
    static final String RENEW = "violin-renew 1";
    static final String RENEWED = "violin-renewed 1";
    /** Of one connection, from the first byte to the last. */
    static final int DEADLINE_MILLIS = 10_000;

    private Enrolment() {}

    /** That one has the secret half of a tunnel key: a MAC under what both X25519 keys agree on (as RFC 6955 does for Diffie-Hellman). */
    static byte[] tunnelProof(byte[] shared, byte[] authorityNonce, byte[] hostNonce, byte[] tunnelKey) {
        return Crypto.hmac(shared, "violin-tunnel-proof 1\n".getBytes(StandardCharsets.US_ASCII), authorityNonce, hostNonce, tunnelKey);
    }
}
