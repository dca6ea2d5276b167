// SPDX-License-Identifier: Apache-2.0
/** A learning Ethernet switch with a bounded, ageing table. */
package org.violin.switching.learning;
