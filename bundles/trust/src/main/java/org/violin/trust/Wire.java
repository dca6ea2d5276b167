// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages of the enrolment over one connection, as README specifies them: lines of printable ASCII, bounded. Keeps the hash of all that
 * went both ways, which each MAC covers. One thread.
 */
final class Wire {
    static final String END = "end";
    static final String MAC = "mac";
    private static final int MAX_LINE = 4_096;
    private static final int MAX_LINES = 10;

    private final InputStream in;
    private final OutputStream out;
    private final byte[] binding;
    private final MessageDigest transcript = Crypto.sha256();

    /** @param serverCertificate DER of the certificate that the server showed: what both ends' MACs are bound to (RFC 5929 4) */
    Wire(InputStream in, OutputStream out, byte[] serverCertificate) {
        this.in = new BufferedInputStream(in);
        this.out = out;
        this.binding = Crypto.sha256().digest(serverCertificate);
    }

    /** A message to be sent: its head, then alternately keys and values. */
    static Message message(String head, String... keysAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) fields.put(keysAndValues[i], keysAndValues[i + 1]);
        return new Message(head, fields, null, new byte[0]);
    }

    /** Sends a message; with a MAC when there is a secret. */
    void send(Message message, byte[] secret) throws IOException {
        StringBuilder text = new StringBuilder(message.head).append('\n');
        message.fields.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
        transcript.update(bytes(text.toString()));
        if (secret != null) {
            String mac = MAC + " " + Crypto.hex(mac(secret, message.head, snapshot())) + "\n";
            transcript.update(bytes(mac));
            text.append(mac);
        }
        transcript.update(bytes(END + "\n"));
        out.write(bytes(text.append(END).append('\n').toString()));
        out.flush();
    }

    /** The next message. Throws IOException when it is none. Its MAC is to be checked by {@link #confirm}. */
    Message receive() throws IOException {
        List<String> lines = new ArrayList<>();
        byte[] beforeMac = new byte[0];
        byte[] mac = null;
        while (true) {
            String line = line();
            if (line.startsWith(MAC + " ") && mac == null && !lines.isEmpty()) {
                beforeMac = snapshot();
                mac = hex(line.substring(MAC.length() + 1));
            } else if (mac == null && !line.equals(END)) {
                lines.add(line);
            } else if (!line.equals(END)) {
                throw new IOException("a line after the MAC");
            }
            transcript.update(bytes(line + "\n"));
            if (line.equals(END)) break;
            if (lines.size() > MAX_LINES) throw new IOException("a message of too many lines");
        }
        if (lines.isEmpty()) throw new IOException("an empty message");
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            int space = line.indexOf(' ');
            if (space <= 0 || fields.put(line.substring(0, space), line.substring(space + 1)) != null) throw new IOException("a line without key");
        }
        return new Message(lines.get(0), fields, mac, beforeMac);
    }

    /** True when the message has the MAC of who knows the secret, over all that went before on this very connection. */
    boolean confirm(Message message, byte[] secret) {
        return message.mac != null && MessageDigest.isEqual(message.mac, mac(secret, message.head, message.beforeMac));
    }

    private byte[] mac(byte[] secret, String head, byte[] hash) {
        return Crypto.hmac(secret, bytes(head + "\n"), binding, hash);
    }

    private byte[] snapshot() {
        try {
            return ((MessageDigest) transcript.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) throw new IOException("the connection ended within a message");
            if (next < 0x20 || next > 0x7e) throw new IOException("no printable ASCII");
            if (line.length() >= MAX_LINE) throw new IOException("a line of more than " + MAX_LINE + " bytes");
            line.append((char) next);
        }
        return line.toString();
    }

    private static byte[] hex(String text) throws IOException {
        try {
            return Crypto.unhex(text);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage());
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * One message.
     *
     * @param head its first line: kind and version
     * @param mac of 32 bytes; null: none
     * @param beforeMac hash of all up to the line of the MAC
     */
    record Message(String head, Map<String, String> fields, byte[] mac, byte[] beforeMac) {
        /** The value. Throws UncheckedIOException when there is none. */
        String get(String key) {
            String value = fields.get(key);
            if (value == null) throw new UncheckedIOException(new IOException("no line '" + key + "'"));
            return value;
        }

        /** A value of 32 bytes in hex. */
        byte[] bytes(String key) {
            try {
                return Crypto.unhex(get(key));
            } catch (IllegalArgumentException e) {
                throw new UncheckedIOException(new IOException("line '" + key + "': " + e.getMessage()));
            }
        }

        @Override
        public String toString() {
            return head;
        }
    }
}
