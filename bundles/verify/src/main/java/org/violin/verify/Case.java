// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

/** What is tried, in the order of the report. The ordinal travels in each canary, so hosts of one release understand each other. */
enum Case {
    /** Canaries arrive where they should: without that nothing else is proven. */
    CONTROL("control"),
    ADDRESSES("host-addresses"),
    FRAMES("stray-frames"),
    SPOOFS("spoofed-sources"),
    FORGED("tunnel-port-inside"),
    ODD("odd-frames"),
    STORM("storms"),
    FLOOD_LIMIT("flood-limit"),
    OUTSIDE("tunnel-port-outside"),
    WALLS("guest-walls"),
    CIPHER("cipher");

    private static final Case[] ALL = values();

    /** The word in the report. */
    final String word;

    Case(String word) {
        this.word = word;
    }

    /** Null for a number that is none. */
    static Case of(int ordinal) {
        return ordinal < ALL.length ? ALL[ordinal] : null;
    }
}
