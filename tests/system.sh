#!/bin/sh
# Installs what the tests need beside Python packages, on Debian and Ubuntu; says what is missing elsewhere.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v bcftools >/dev/null 2>&1 || missing="$missing bcftools"
command -v bgzip >/dev/null 2>&1 || missing="$missing tabix"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v npm >/dev/null 2>&1 || missing="$missing npm"
[ -z "$missing" ] && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "The tests need:$missing. Install them (Debian: sudo apt-get install$missing) and run again." >&2
  exit 1
fi
