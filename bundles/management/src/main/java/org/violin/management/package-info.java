// SPDX-License-Identifier: Apache-2.0
/** MXBeans for host, violin, entity, port and tunnel. */
package org.violin.management;
