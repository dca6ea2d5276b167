// SPDX-License-Identifier: Apache-2.0
/** Places nodes one by one where they fit best. */
package org.violin.placement.greedy;
