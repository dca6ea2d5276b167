// SPDX-License-Identifier: Apache-2.0
/** Forwarding of vRouters by the Click modular router: the forwarding {@code click}. */
package org.violin.routing.click;
