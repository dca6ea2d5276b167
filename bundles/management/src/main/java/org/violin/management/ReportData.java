// SPDX-License-Identifier: Apache-2.0
package org.violin.management;

import java.util.List;
import org.violin.api.control.Report;

/** What an apply or destroy did, as composite data: a client needs no class of ours. */
public final class ReportData {
    private final Report report;

    ReportData(Report report) {
        this.report = report;
    }

    public String getViolin() {
        return report.violin();
    }

    public long getRevision() {
        return report.revision();
    }

    public List<StepData> getSteps() {
        return report.steps().stream().map(StepData::new).toList();
    }

    public List<String> getNotes() {
        return report.notes();
    }

    public List<String> getFailures() {
        return report.failures();
    }

    public boolean isDone() {
        return report.done();
    }

    public long getPlanMillis() {
        return report.planMillis();
    }

    public long getApplyMillis() {
        return report.applyMillis();
    }
}
