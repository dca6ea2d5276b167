// SPDX-License-Identifier: Apache-2.0
/** What every placement strategy stands on: the question in numbers, its cost, what hosts have left, and why something does not fit. */
@Export
@Version("1.0.0")
package org.violin.placement;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
