// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.violin.testkit.tunnel.CipherNet;

/** Genuine messages, changed: nothing throws, nobody agrees, and genuine ones still work afterwards. {@code -Dviolin.fuzz=N} for more. */
final class ExchangeFuzzTest {
    private static final int MESSAGES = Integer.getInteger("violin.fuzz", 300_000);
    private final long seed = Long.getLong("violin.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final TestLab lab = new TestLab();

    @Test
    void changedMessagesAreRefused() {
        System.out.println("seed " + seed);
        lab.options = new AeadOptions(120_000_000_000L, 64L << 30, 10_000);
        Pair pair = new Pair(lab);
        List<CipherNet.Mail> genuine = new ArrayList<>();
        pair.net.wire(mail -> {
            genuine.add(mail);
            return null;
        });
        pair.net.ticks(60);
        genuineAnswers(pair, genuine);
        for (int i = 0; i < MESSAGES; i++) {
            CipherNet.Mail mail = genuine.get(random.nextInt(genuine.size()));
            boolean deep = i % 150 == 0;
            byte[] changed = change(mail.content().clone(), deep);
            if (Arrays.equals(changed, mail.content())) continue;
            CipherNet.End end = mail.to().equals(pair.a.address) ? pair.a : pair.b;
            end.receive(CipherNet.address(random.nextInt(9)), deep ? signed(changed, end.host) : changed);
            if (i % 20_000 == 0) pair.net.ticks(1);
            assertFalse(pair.ab.ready() || pair.ba.ready(), "agreed, seed " + seed);
        }
        assertEquals(0, pair.count(pair.a, Event.HANDSHAKES) + pair.count(pair.b, Event.HANDSHAKES));
        assertTrue(pair.count(pair.b, Event.BAD_HANDSHAKE) > 100, () -> pair.b.cipher.counters().toString());
        pair.net.wire(mail -> mail);
        pair.agree();
        pair.talk();
    }

    /** Responses and cookies of the kind that a waits for, from a twin of b that saw a's initiations. */
    private void genuineAnswers(Pair pair, List<CipherNet.Mail> genuine) {
        Pair twin = new Pair(lab);
        twin.net.wire(mail -> {
            if (mail.from().equals(twin.b.address) && mail.content()[0] == Wire.RESPONSE) genuine.add(mail);
            return mail;
        });
        for (CipherNet.Mail mail : List.copyOf(genuine)) {
            if (mail.to().equals(pair.b.address)) twin.b.receive(mail.from(), mail.content());
        }
        twin.net.deliver();
        assertTrue(genuine.stream().anyMatch(mail -> mail.content()[0] == Wire.RESPONSE));
    }

    private byte[] change(byte[] message, boolean deep) {
        // mac2 is not looked at without load, so a change there alone is none
        int end = message[0] == Wire.INITIATION ? message.length - Wire.MAC : message.length;
        if (deep) end -= Wire.MAC;
        switch (random.nextInt(deep ? 2 : 5)) {
            case 0 -> message[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> {
                for (int n = 1 + random.nextInt(8); n > 0; n--) message[random.nextInt(end)] = (byte) random.nextInt();
            }
            case 2 -> message = Arrays.copyOf(message, random.nextInt(message.length));
            case 3 -> message = Arrays.copyOf(message, message.length + 1 + random.nextInt(1200));
            default -> {
                int from = random.nextInt(end);
                Arrays.fill(message, from, from + random.nextInt(end - from + 1), (byte) random.nextInt());
            }
        }
        return message;
    }

    /** As one who knows the public key of the receiver. */
    private byte[] signed(byte[] message, String receiver) {
        int macs = message[0] == Wire.INITIATION ? 2 : message[0] == Wire.RESPONSE ? 1 : 0;
        int at = message.length - macs * Wire.MAC;
        if (macs == 0 || at < 0) return message;
        System.arraycopy(Wire.mac1(lab.hosts.get(receiver).tunnelKey(), Arrays.copyOf(message, at)), 0, message, at, Wire.MAC);
        return message;
    }
}
