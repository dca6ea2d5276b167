// SPDX-License-Identifier: Apache-2.0
/** Static routes for the guests' kernels, computed from the topology. */
package org.violin.routing.kernel;
