# Sourced by the other scripts: where things are, and how to ask for packages.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/lakesmith
jobs=$(nproc)

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
[ -t 2 ] || say() { printf '==> %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; return; fi
  command -v sudo > /dev/null || die "need root to run: $* (sudo is not here)"
  sudo "$@"
}

# Installs the Debian packages that are missing.
need_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get > /dev/null || die "install these packages first: ${missing[*]}"
  say "installing ${missing[*]}"
  as_root apt-get -qq update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" > /dev/null
}

# A Python environment of its own with exactly the packages of a requirements file.
# Prints the path of its python. It is made anew when the file changes.
python_with() {
  local requirements=$1 name environment
  name=$(basename "$requirements" .txt)
  environment=$cache/python-$name-$(sha256sum "$requirements" | cut -c1-12)
  if [ ! -x "$environment/bin/python" ]; then
    need_packages python3 python3-venv python3-pip
    say "making the Python environment for $name"
    rm -rf "$environment.part"
    /usr/bin/python3 -m venv "$environment.part"
    "$environment.part/bin/python" -m pip -q install --disable-pip-version-check -r "$requirements" >&2
    mv "$environment.part" "$environment"
  fi
  printf '%s\n' "$environment/bin/python"
}
