// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people in the log why there is no tunnel: each state once, not at every attempt. Any thread. */
final class Complaint {
    private static final Logger LOG = LoggerFactory.getLogger(Complaint.class);
    /** At the start, plugins come one after the other: nobody is told of one that is merely a moment late. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Control control;
    private String problem = "";

    Complaint(Control control) {
        this.control = control;
    }

    /** Told after a while, if it is so still. */
    synchronized void missing(String role, String kind) {
        String what = "no " + role + " plugin of kind " + kind + " is installed: feature:install violin-" + role + "-" + kind;
        if (what.equals(problem)) return;
        problem = what;
        control.later(PATIENCE, () -> {
            if (is(what)) LOG.warn("Frames to other overlay hosts wait: {}", what);
        });
    }

    private synchronized boolean is(String what) {
        return what.equals(problem);
    }

    synchronized void say(String what) {
        if (!what.equals(problem)) LOG.warn("No tunnel to other overlay hosts: {}", what);
        problem = what;
    }

    /** All is well, or over. */
    synchronized void clear() {
        problem = "";
    }
}
