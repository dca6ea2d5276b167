// SPDX-License-Identifier: Apache-2.0
/** The Gogo commands of the scope violin. */
package org.violin.shell;
