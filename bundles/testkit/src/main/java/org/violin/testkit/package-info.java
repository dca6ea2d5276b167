// SPDX-License-Identifier: Apache-2.0
/** In-memory twins, an injected clock and a contract test for each SPI. */
@Export
@Version("1.0.0")
package org.violin.testkit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
