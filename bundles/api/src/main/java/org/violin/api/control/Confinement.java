// SPDX-License-Identifier: Apache-2.0
package org.violin.api.control;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.violin.api.model.Refused;

/**
 * Tries to get out of a violin and into it, on this overlay host: from the violin's guests here, and against them. Frames and datagrams
 * with a mark that nobody can guess (canaries) are sent where they must not arrive, and listened for there. Provided by verify; any thread,
 * one check at a time.
 */
@ProviderType
public interface Confinement {
    /**
     * Runs every case that this host can.
     *
     * @param run 24 hexadecimal digits that all hosts of one check share, so that each knows the canaries of the others; empty: this host alone
     * @param atMost cases that find no time are {@link Verdict#UNTESTED}
     * @return findings in the order of the cases; those that need a guest are left out when none of the violin runs here
     * @throws Refused when there is no such violin, {@code run} is malformed, or a check already runs here
     */
    List<Finding> verify(String violin, String run, Duration atMost) throws Refused, InterruptedException;

    /** How a case ended. */
    enum Verdict {
        /** Tried, and nothing came through. */
        PASS,
        /** Nothing came through, but something that was asked for makes the violin open to others. */
        WARN,
        /** A hole. */
        FAIL,
        /** Could not be tried, or it is not certain that a hole would have been seen. */
        UNTESTED
    }

    /**
     * One case on one host.
     *
     * @param check the case, such as {@code spoofed-sources}
     * @param detail what was tried, and what came through where; or why it was not tried
     */
    record Finding(String host, String check, Verdict verdict, String detail) {}
}
