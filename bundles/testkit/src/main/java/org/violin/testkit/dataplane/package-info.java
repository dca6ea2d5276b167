// SPDX-License-Identifier: Apache-2.0
/** In-memory twins of devices, pollers and tunnels, faults for them, a clock that tests turn, and the contract of switch plugins. */
@Export
@Version("1.0.0")
package org.violin.testkit.dataplane;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
