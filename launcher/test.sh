# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# violin test: all set-up, then every test of the build; the last line is "N passed, N failed, N skipped".

use build

run_tests() {
    need_root test
    [ -f "$ROOT/pom.xml" ] || die "tests run in a source tree; this is an unpacked distribution"
    [ $# -eq 0 ] || usage "test takes no words; single tests: see CONTRIBUTING.md"
    install_packages
    begin=$(millis)
    find "$ROOT" \( -path '*/target/surefire-reports' -o -path '*/target/failsafe-reports' \) -prune -exec rm -rf {} +
    say "test: building and testing with Maven"
    maven=0
    # shellcheck disable=SC2086
    (cd "$ROOT" && mvn -B -ntp -Dstyle.color=never ${VIOLIN_MAVEN_OPTS:-} ${MAVEN_ARGS:-} -fae verify) || maven=$?
    [ ! -d "$DIST" ] || random_word 8 >"$DIST/.violin-stamp" # a build is a build: no second one by the next verb
    summary
    say "$(seconds $(($(millis) - begin)))"
    [ "$maven" -eq 0 ] || warn "Maven ended with status $maven"
    [ -z "$required" ] || warn "required, but skipped:$required"
    [ -z "$flaky" ] || warn "passed only at the second try, which is a defect of the test or of what it tests: $flaky"
    say "$passed passed, $failed failed, $skipped skipped"
    [ "$maven" -eq 0 ] && [ "$failed" -eq 0 ] && [ -z "$required" ] && [ "$passed" -gt 0 ]
}

# summary: adds up the XML reports. Sets passed, failed, skipped, flaky, and required: what must not be skipped here.
summary() {
    reports=$(find "$ROOT" -path '*/target/surefire-reports/TEST-*.xml' -o -path '*/target/failsafe-reports/TEST-*.xml')
    # shellcheck disable=SC2046,SC2086
    set -- $(sed -n '/<testsuite /,/>/p' $reports /dev/null | tr '\n' ' ' | grep -o '<testsuite [^>]*>' | awk '
        function of(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
        { t += of("tests"); f += of("failures") + of("errors"); s += of("skipped") } END { print t - f - s, f + 0, s + 0 }')
    passed=$1 failed=$2 skipped=$3 required=
    # shellcheck disable=SC2086
    flaky=$(grep -lE '<flaky(Failure|Error)' $reports /dev/null | sed 's/.*TEST-//; s/\.xml$//' | tr '\n' ' ')
    # The main job, from end to end.
    for name in org.violin.itests.lab.LabIT org.violin.itests.lab.DemoIT org.violin.itests.lab.RoutingIT \
        org.violin.itests.lab.ServicesIT org.violin.itests.lab.PlacementIT \
        org.violin.itests.lab.ConditionsIT org.violin.itests.container.DistributionIT; do
        report=$ROOT/itests/target/failsafe-reports/TEST-$name.xml
        if [ ! -f "$report" ]; then
            required="$required $name"
        elif ! grep -q '<testcase' "$report" || [ "$(grep -c '<testcase' "$report")" -le "$(grep -c '<skipped' "$report")" ]; then
            required="$required $name"
        fi
    done
}
