// SPDX-License-Identifier: Apache-2.0
/** The kernel's interfaces that Java cannot reach: TAP devices, epoll, network namespaces, rtnetlink; AEADs of OpenSSL and GnuTLS. */
@Export
@Version("1.0.0")
package org.violin.linux;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
