// SPDX-License-Identifier: Apache-2.0
package org.violin.timeline;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An experiment worked out: what each overlay host does when. Made by {@link Composer} from the file alone, so two runs of one file have
 * the same; travels to all hosts as JSON. Moments are ms from the start of the experiment, or from the end of the step {@code base}, whose
 * end nobody knows before: -1 is the start.
 *
 * @param seed of all fates; {@code reseed}: it takes the place of the file's
 * @param endMillis the experiment's end; -1: when all hosts are done
 * @param latestMillis the last moment at which anything may still happen, whatever waits last
 * @param waits for each step whose end others count from: its index in the timeline, and how it is called
 * @param cues what the script says, in order; the same in each run
 * @param parts by overlay host
 */
record Score(String violin, long seed, boolean reseed, long sampleMillis, long endMillis, long latestMillis, Map<Integer, String> waits,
        List<Cue> cues, Map<String, Part> parts) {
    /** Base of what counts from the start. */
    static final int START = -1;

    Score {
        waits = java.util.Collections.unmodifiableMap(new TreeMap<>(waits));
        cues = List.copyOf(cues);
        parts = java.util.Collections.unmodifiableMap(new TreeMap<>(parts));
    }

    /**
     * One line of the script.
     *
     * @param number its place in {@link #cues}
     * @param line of the file
     * @param subject what it is done to: a vLink, a node, hosts
     * @param hosts who does it
     */
    record Cue(int number, int base, long atMillis, int line, String action, String subject, String text, List<String> hosts) {
        Cue {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * What one host does.
     *
     * @param ops by base, moment and script order
     * @param ports all of this host's ends of vLinks; the words that are laid over them all the time
     * @param programs that its guests must find
     * @param guests that must run at the start
     */
    record Part(List<Op> ops, Map<String, Map<String, String>> ports, List<String> programs, List<String> guests) {
        Part {
            ops = List.copyOf(ops);
            ports = java.util.Collections.unmodifiableMap(new TreeMap<>(ports));
            programs = List.copyOf(programs);
            guests = List.copyOf(guests);
        }
    }

    /** What is done at one moment to one port, node or guest. */
    enum Kind {
        /** Words over those that hold for a port. */
        LAY,
        /** All words off a port, and its state as in the file. */
        CLEAR,
        /** A port's {@code state}; empty: as in the file. */
        STATE,
        /** Cuts a port for the partition {@code token}. */
        PART,
        /** Ends that for the partition {@code token}; empty: for all. */
        HEAL,
        CRASH, REVIVE,
        /** A command in a guest. */
        RUN,
        /** A command in a guest, tried until it succeeds. */
        WAIT,
        /** Nothing but a line in the record. */
        NOTE,
        PING, MATRIX, SERVE, IPERF
    }

    /**
     * @param cue of the script that this belongs to; -1: to none, as the middle of a ramp
     * @param atMillis may be below 0: before the start
     * @param subject {@code node:port} or {@code node}
     * @param words of the kind: conditions, or the arguments of a command or probe
     */
    record Op(int cue, int base, long atMillis, Kind kind, String subject, Map<String, String> words) {
        Op {
            words = java.util.Collections.unmodifiableMap(new TreeMap<>(words));
        }
    }
}
