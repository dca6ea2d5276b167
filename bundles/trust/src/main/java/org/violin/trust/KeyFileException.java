// SPDX-License-Identifier: Apache-2.0
package org.violin.trust;

/** A file of keys that cannot be used. The message names the file, what is wrong and the cure, and no secret. */
final class KeyFileException extends Exception {
    private static final long serialVersionUID = 1;

    KeyFileException(String message) {
        super(message);
    }
}
