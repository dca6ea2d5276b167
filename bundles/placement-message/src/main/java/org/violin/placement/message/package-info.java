// SPDX-License-Identifier: Apache-2.0
/** Places by tree-reweighted message passing and proves with a lower bound how good that is. */
package org.violin.placement.message;
