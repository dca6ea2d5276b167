// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token as a person carries it from the authority to a new host: {@code violin1.ID.SECRET.EXPIRY.HOST:PORT}.
 *
 * @param id 16 digits of hex; not secret
 * @param secret 32 bytes
 * @param expires seconds since the epoch
 * @param where HOST:PORT of the authority's enrolment port
 */
record JoinToken(String id, byte[] secret, long expires, String where) {
    private static final Pattern TEXT = Pattern.compile("violin1\\.([0-9a-f]{16})\\.([0-9a-f]{64})\\.([0-9]{1,12})\\.(\\S{3,300})");
    private static final String CURE = "make a token on the authority with './violin host token' and put it there, mode 600";

    /** The text that a person copies. Secret. */
    String text() {
        return "violin1." + id + "." + Crypto.hex(secret) + "." + expires + "." + where;
    }

    static JoinToken read(Path file) throws KeyFileException {
        Matcher matcher = TEXT.matcher(KeyFolder.readSecret(file, CURE).strip());
        if (!matcher.matches()) throw new KeyFileException(file + ": is no token of VIOLIN; " + CURE);
        return new JoinToken(matcher.group(1), Crypto.unhex(matcher.group(2)), Long.parseLong(matcher.group(3)), matcher.group(4));
    }

    static KeyFileException missing(Path file) {
        return new KeyFileException(file + ": there is no token to join with; " + CURE);
    }

    @Override
    public String toString() {
        return "token " + id;
    }
}
