// SPDX-License-Identifier: Apache-2.0
/** The only native calls: TAP devices, epoll, namespaces. */
@Export
@Version("1.0.0")
package org.violin.linux;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
