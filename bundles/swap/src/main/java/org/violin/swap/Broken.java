// SPDX-License-Identifier: Apache-2.0
package org.violin.swap;

/** A provider failed its trial, or does not come; the message says why, in one line. */
final class Broken extends Exception {
    private static final long serialVersionUID = 1;

    Broken(String message) {
        super(message);
    }

    Broken(String message, Throwable cause) {
        super(message, cause);
    }
}
