// SPDX-License-Identifier: Apache-2.0
/** What the paths between overlay hosts are like: measured once for all violins, estimated where nobody measures. */
@Export
@Version("1.0.0")
package org.violin.api.measure;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
