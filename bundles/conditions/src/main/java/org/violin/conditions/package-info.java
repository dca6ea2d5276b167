// SPDX-License-Identifier: Apache-2.0
/** What vLinks do to frames: rate, delay, jitter, loss, damage. */
package org.violin.conditions;
