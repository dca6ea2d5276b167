// SPDX-License-Identifier: Apache-2.0
/** Which overlay hosts exist and the small state they share. */
@Export
@Version("1.0.0")
package org.violin.api.cluster;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
