// SPDX-License-Identifier: Apache-2.0
/** An Ethernet hub. */
package org.violin.switching.hub;
