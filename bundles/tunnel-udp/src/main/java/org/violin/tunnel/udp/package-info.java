// SPDX-License-Identifier: Apache-2.0
/** Carries frames between overlay hosts in UDP datagrams, aggregated and sliced. */
package org.violin.tunnel.udp;
