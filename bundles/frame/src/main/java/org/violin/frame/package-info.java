// SPDX-License-Identifier: Apache-2.0
/** Pure codecs over byte buffers: nothing here does I/O or allocates per frame. */
@Export
@Version("1.0.0")
package org.violin.frame;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
