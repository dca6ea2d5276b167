// SPDX-License-Identifier: Apache-2.0
package org.violin.verify;

import java.util.ArrayList;
import java.util.List;

/** All canaries of this host in one run, at most 65,536. Any thread. */
final class Canaries {
    /** Where the marker of a crafted tunnel datagram is, always, so that other hosts can tell it from one that lies in a real one. */
    static final int FORGED_OFFSET = 128;
    private static final int MOST = 65_536;

    private final int tag;
    private final List<Canary> all = new ArrayList<>();
    private final List<Canary> runts = new ArrayList<>();

    Canaries(String host) {
        this.tag = host.hashCode() * 0x9E3779B1 >>> 20;
    }

    synchronized Canary add(Case kind, String from, String what, int offset) {
        if (all.size() == MOST) return all.get(MOST - 1);
        Canary canary = new Canary(tag << 20 | kind.ordinal() << 16 | all.size(), kind, from, what, offset);
        all.add(canary);
        return canary;
    }

    /** For a frame that carries its small number in its source address; -1 when there are 256 already. */
    synchronized int addRunt(Case kind, String from, String what) {
        if (runts.size() == 256) return -1;
        runts.add(add(kind, from, what, 6));
        return runts.size() - 1;
    }

    /** Null: another host's, or none. */
    synchronized Canary byNumber(int number) {
        int sequence = number & 0xFFFF;
        return Canary.tag(number) == tag && sequence < all.size() && all.get(sequence).number() == number ? all.get(sequence) : null;
    }

    synchronized Canary runt(int small) {
        return small >= 0 && small < runts.size() ? runts.get(small) : null;
    }

    synchronized int count(Case kind) {
        return (int) all.stream().filter(c -> c.kind() == kind).count();
    }
}
