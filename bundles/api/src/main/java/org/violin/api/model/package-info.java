// SPDX-License-Identifier: Apache-2.0
/** What a violin is made of: names, addresses and specs, as immutable values. Nothing here does I/O. */
@Export
@Version("1.0.0")
package org.violin.api.model;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
