// SPDX-License-Identifier: Apache-2.0
/** Replaces plugins while traffic flows: trials, last good contents, roll-back. */
package org.violin.swap;
