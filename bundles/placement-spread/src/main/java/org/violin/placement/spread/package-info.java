// SPDX-License-Identifier: Apache-2.0
/** Places nodes evenly over failure domains and hosts. */
package org.violin.placement.spread;
