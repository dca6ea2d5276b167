// SPDX-License-Identifier: Apache-2.0
/** The hot seams: devices, switch logic, tunnels and ciphers that plugins implement, and the data plane they meet in. */
@Export
@Version("1.0.0")
package org.violin.api.dataplane;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
