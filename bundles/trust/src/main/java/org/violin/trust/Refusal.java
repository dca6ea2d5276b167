// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

/** The authority does not let a host in. The message says why and has no secret; it crosses the wire as one line. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
        super(message);
    }
}
