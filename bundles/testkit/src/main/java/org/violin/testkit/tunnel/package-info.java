// SPDX-License-Identifier: Apache-2.0
/** Contract tests that every tunnel and cipher plugin extends, and a network between two tunnels that misbehaves on request. */
@Export
@Version("1.0.0")
package org.violin.testkit.tunnel;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
