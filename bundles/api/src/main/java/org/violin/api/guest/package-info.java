// SPDX-License-Identifier: Apache-2.0
/** What a vHost or vRouter runs in: the seam of the guest runtimes. */
@Export
@Version("1.0.0")
package org.violin.api.guest;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
