// SPDX-License-Identifier: Apache-2.0
package org.violin.api.cluster;

/** The shared state could not be read or written. */
public class StateException extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean conflict;

    public StateException(String message, boolean conflict, Throwable cause) {
        super(message, cause);
        this.conflict = conflict;
    }

    /** True when another host wrote first; false when the shared state is out of reach. */
    public boolean conflict() {
        return conflict;
    }
}
