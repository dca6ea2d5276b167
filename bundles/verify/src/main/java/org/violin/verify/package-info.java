// SPDX-License-Identifier: Apache-2.0
/** The built-in check that nothing leaves a violin and nothing gets in. */
package org.violin.verify;
