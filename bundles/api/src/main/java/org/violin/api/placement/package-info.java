// SPDX-License-Identifier: Apache-2.0
/**
 * Where nodes go: what is to be placed ({@link org.violin.api.placement.Demand}), what it may be placed on
 * ({@link org.violin.api.placement.Substrate}), and who decides ({@link org.violin.api.placement.PlacementStrategy}).
 */
@Export
@Version("1.0.0")
package org.violin.api.placement;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
