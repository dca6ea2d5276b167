// SPDX-License-Identifier: Apache-2.0
/** Contract tests of the pure seams of the control plane, with a spec builder and a forwarding model to check against. */
@Export
@Version("1.0.0")
package org.violin.testkit.control;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
