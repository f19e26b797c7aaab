#!/usr/bin/env bash
# Installs lakesmith on a runner from the package at LAKESMITH_PACKAGE (a URL or a path of a .deb), unless it is there.
set -euo pipefail
if command -v lakesmith > /dev/null; then
  lakesmith --version
  exit 0
fi
package=${LAKESMITH_PACKAGE:?give the URL or path of the .deb package of lakesmith}
case "$package" in
  http://* | https://*)
    curl --fail --silent --show-error --location --output /tmp/lakesmith.deb "$package"
    package=/tmp/lakesmith.deb ;;
esac
sudo apt-get install --yes "$package"
lakesmith --version
