// SPDX-License-Identifier: Apache-2.0
package org.violin.engine;

/** Where frames go on, and may have to wait. */
interface Gate {
    /** Much waits there: what is known to send there should not be read now. Any thread, never blocks. */
    boolean congested();
}
