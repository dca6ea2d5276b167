// SPDX-License-Identifier: Apache-2.0
package org.violin.api.guest;

/** A guest could not be made as wanted; the message names the guest, what was tried and what the system said. */
public class GuestException extends Exception {
    private static final long serialVersionUID = 1;

    public GuestException(String message) {
        super(message);
    }

    public GuestException(String message, Throwable cause) {
        super(message, cause);
    }
}
