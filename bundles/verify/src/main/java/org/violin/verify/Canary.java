// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

/**
 * One kind of frame or datagram that was sent, perhaps several times.
 *
 * @param number this host's tag (12 bits), the case (4 bits), a sequence (16 bits)
 * @param from the guest or {@code outside}
 * @param what for people
 * @param offset of the marker from the beginning of the Ethernet frame
 */
record Canary(int number, Case kind, String from, String what, int offset) {
    static int tag(int number) {
        return number >>> 20;
    }

    static Case kind(int number) {
        return Case.of(number >>> 16 & 15);
    }

    @Override
    public String toString() {
        return what + " from " + from;
    }
}
