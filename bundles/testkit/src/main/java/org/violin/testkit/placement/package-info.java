// SPDX-License-Identifier: Apache-2.0
/** What every placement strategy must keep, and a plain model of the rules and the cost to hold it against. */
@Export
@Version("1.0.0")
package org.violin.testkit.placement;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
