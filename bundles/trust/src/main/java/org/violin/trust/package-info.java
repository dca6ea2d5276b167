// SPDX-License-Identifier: Apache-2.0
/** The lab's own authority, this host's identity, and who is let in and out. */
package org.violin.trust;
