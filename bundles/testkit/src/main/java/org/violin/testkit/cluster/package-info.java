// SPDX-License-Identifier: Apache-2.0
/** In-memory twins of members, the shared state and the lab's authority, and the contract that every shared state passes. */
@Export
@Version("1.0.0")
package org.violin.testkit.cluster;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
