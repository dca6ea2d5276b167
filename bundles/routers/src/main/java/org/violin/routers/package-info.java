// SPDX-License-Identifier: Apache-2.0
/** vRouters: what each has to run, its FIB, its control plane and its forwarding, each changed while the other goes on. */
package org.violin.routers;
