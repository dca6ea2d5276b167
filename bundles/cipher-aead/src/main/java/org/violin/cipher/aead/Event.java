// SPDX-License-Identifier: Apache-2.0
package org.violin.cipher.aead;

import java.util.Locale;

/** What is counted. */
enum Event {
    /** Key exchanges that ended with keys, in both roles. */
    HANDSHAKES,
    /** Those of them that replaced working keys. */
    REKEYS,
    /** Initiations sent, repetitions included. */
    INITIATIONS_SENT,
    COOKIES_SENT,
    COOKIES_RECEIVED,
    /** Both began at once, and this side's initiation goes on. */
    TIES,
    /** Refused: no message of this protocol and version. */
    MALFORMED,
    /** Refused: its sender does not even know this host's public key. */
    BAD_MAC,
    /** Refused: not authentic. */
    BAD_HANDSHAKE,
    /** Refused: answers nothing that is open here. */
    UNKNOWN_INDEX,
    /** Refused: authentic, of a host that is not admitted. */
    UNKNOWN_KEY,
    /** Refused: of a host that was expelled, or that has another key now. */
    EXPELLED,
    /** Refused: of an admitted host, for another host, violin or channel than are known here. */
    UNKNOWN_PEER,
    /** Refused: names a host that is not the key's. */
    WRONG_PEER,
    REPLAYED_INITIATION,
    /** Refused: no algorithm that this host may use. */
    NO_SUITE,
    /** Refused: an answer with an algorithm that was not offered. */
    DOWNGRADE,
    /** Dropped: more key exchanges than this host does in a second. */
    OVERLOAD,
    /** Datagrams refused: not authentic. */
    FORGED,
    /** Datagrams refused: authentic, and here before, or too old to know. */
    REPLAYED,
    /** Datagrams refused: of keys that are gone. */
    OLD_KEY,
    /** Datagrams not sealed: the counter did not rise, or the key is worn out. */
    SEAL_REFUSED,
    /** Sessions taken over from the cipher before. */
    TAKEN_OVER,
    /** The tunnel threw. */
    TUNNEL_FAILED;

    final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');
}
