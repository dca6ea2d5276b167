// SPDX-License-Identifier: Apache-2.0
package org.violin.tunnel.udp;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What is counted for a peer from the opening on. Those that are no adders have one writer at a time; any thread reads. */
final class PathCounters {
    final AtomicLong framesIn = new AtomicLong();
    final AtomicLong framesOut = new AtomicLong();
    final AtomicLong bytesIn = new AtomicLong();
    final AtomicLong bytesOut = new AtomicLong();
    final AtomicLong segmentsIn = new AtomicLong();
    final AtomicLong segmentsOut = new AtomicLong();
    final AtomicLong callsIn = new AtomicLong();
    final AtomicLong datagramsIn = new AtomicLong();
    final AtomicLong datagramsOut = new AtomicLong();
    final LongAdder roamed = new LongAdder();
    final LongAdder echoes = new LongAdder();
    final LongAdder badMagic = new LongAdder();
    final LongAdder badVersion = new LongAdder();
    final LongAdder malformed = new LongAdder();
    final LongAdder sealedRejected = new LongAdder();
    final LongAdder oversize = new LongAdder();
    final LongAdder sinkFailed = new LongAdder();
    final LongAdder badRecord = new LongAdder();
    final LongAdder tooBig = new LongAdder();
    final LongAdder sendFailed = new LongAdder();

    /** Adds as the only writer: no locked instruction. */
    static void add(AtomicLong counter, long amount) {
        counter.lazySet(counter.getPlain() + amount);
    }

    /** The drops that are not zero, by reason. */
    Map<String, Long> drops() {
        Map<String, Long> drops = new TreeMap<>();
        put(drops, "bad-magic", badMagic.sum());
        put(drops, "bad-version", badVersion.sum());
        put(drops, "malformed", malformed.sum());
        put(drops, "sealed-rejected", sealedRejected.sum());
        put(drops, "oversize", oversize.sum());
        put(drops, "sink-failed", sinkFailed.sum());
        put(drops, "bad-record", badRecord.sum());
        put(drops, "too-big", tooBig.sum());
        put(drops, "send-failed", sendFailed.sum());
        return drops;
    }

    private List<AtomicLong> singles() {
        return List.of(framesIn, framesOut, bytesIn, bytesOut, segmentsIn, segmentsOut, callsIn, datagramsIn, datagramsOut);
    }

    private List<LongAdder> adders() {
        return List.of(roamed, echoes, badMagic, badVersion, malformed, sealedRejected, oversize, sinkFailed, badRecord, tooBig, sendFailed);
    }

    void save(DataOutput out) throws IOException {
        for (AtomicLong one : singles()) out.writeLong(one.get());
        for (LongAdder one : adders()) out.writeLong(one.sum());
    }

    void load(DataInput in) throws IOException {
        for (AtomicLong one : singles()) one.set(in.readLong());
        for (LongAdder one : adders()) one.add(in.readLong());
    }

    /** Adds to a reason unless it is nothing. */
    static void put(Map<String, Long> drops, String reason, long amount) {
        if (amount != 0) drops.merge(reason, amount, Long::sum);
    }
}
