// SPDX-License-Identifier: Apache-2.0
/** Reads violin files and foreign topology formats. */
package org.violin.topology;
