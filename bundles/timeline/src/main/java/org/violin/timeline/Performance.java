// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.List;
import java.util.Map;

/**
 * What one overlay host did and saw in a run; goes back to the host that was asked.
 *
 * @param done one for each op of the script that was done
 * @param observed what nobody could know before, such as the end of a command
 * @param laid what was laid over ports, for the record: numbers of words that are numbers
 * @param failures one sentence each, bounded
 * @param latestMicros the most that anything was late
 * @param facts about the host, such as its kernel
 */
record Performance(String host, List<Done> done, List<Observed> observed, Series.Data series, List<Laid> laid, List<PingData> pings,
        List<MatrixData> matrices, List<FlowData> flows, List<Output> outputs, List<String> failures, long latestMicros, Map<String, String> facts) {
    /** @param micros from the start of the experiment, when it began to be done. {@code failure} empty: it was done */
    record Done(int cue, long micros, long lateMicros, String failure) {}

    record Observed(long micros, String action, String subject, String text) {}

    /** @param word of conditions with a number as its value, from then on; NaN: as in the file */
    record Laid(long micros, String port, String word, double value) {}

    record PingData(int probe, String from, String to, long everyMillis, long[] sentMicros, long[] rttMicros, int left) {}

    /** @param rtts by node asked: ms, one for each ping that was answered */
    record MatrixData(int probe, String from, Map<String, List<Double>> rtts) {}

    /** @param json what the client said */
    record FlowData(int probe, String from, String to, boolean udp, String json) {}

    /** @param status of the command; -1: it was ended or could not be started */
    record Output(String name, String node, String command, long beginMicros, long endMicros, int status, String text, boolean cut) {}
}
