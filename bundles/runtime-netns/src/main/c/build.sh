#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compiles the launcher for this machine: build.sh FOLDER gives FOLDER/linux-ARCH/violin-guest. Called by Maven.
set -eu
here=$(dirname "$0")
out=$1/linux-$(uname -m)
if ! command -v gcc >/dev/null || ! echo 'int main(void){return 0;}' | gcc -static -x c -o /dev/null - 2>/dev/null; then
    echo 'runtime-netns: no C compiler with a static C library; run: apt-get install gcc libc6-dev' >&2
    exit 1
fi
mkdir -p "$out"
exec gcc -std=gnu11 -O2 -static -Wall -Wextra -Werror -Wl,--build-id=none -s -o "$out/violin-guest" \
    "$here/main.c" "$here/start.c" "$here/exec.c" "$here/confine.c"
