// SPDX-License-Identifier: Apache-2.0
/** What is done to violins and what is seen of them: apply, destroy, views, and the pure seams placement, routing and reading. */
@Export
@Version("1.0.0")
package org.violin.api.control;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
