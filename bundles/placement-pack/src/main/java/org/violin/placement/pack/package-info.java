// SPDX-License-Identifier: Apache-2.0
/** Places nodes on as few hosts as hold them. */
package org.violin.placement.pack;
