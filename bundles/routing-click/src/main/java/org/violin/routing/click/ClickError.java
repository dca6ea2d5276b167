// SPDX-License-Identifier: Apache-2.0
package org.violin.routing.click;

/** Click refused something; the message is Click's own. The connection goes on. */
final class ClickError extends Exception {
    private static final long serialVersionUID = 1;

    final int code;

    ClickError(int code, String message) {
        super(message);
        this.code = code;
    }
}
