// SPDX-License-Identifier: Apache-2.0
/** The data-plane runtime: workers, ports, switches and vLinks of one overlay host. */
package org.violin.engine;
