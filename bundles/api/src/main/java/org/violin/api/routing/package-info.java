// SPDX-License-Identifier: Apache-2.0
/** What makes vRouters learn routes (control plane) and forward (forwarding), joined by a FIB that VIOLIN owns; and services beside. */
@Export
@Version("1.0.0")
package org.violin.api.routing;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
