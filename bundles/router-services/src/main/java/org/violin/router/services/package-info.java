// SPDX-License-Identifier: Apache-2.0
/** Services of vRouters by programs in their guests: nat, firewall, dhcp, dns, shape, anycast, and uplink, the way out. */
package org.violin.router.services;
