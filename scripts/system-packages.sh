#!/usr/bin/env bash
# Brings what some tests need from the system: a browser, a second broker, Prometheus' own checker, the
# Python clients that Gemel must get on with, a load generator, and the libraries that benchmarks compare with.
#
# As root on Debian it installs what is missing; anywhere else it only says what is missing, a line each,
# and the tests that need it skip themselves with the same words. It never fails: a machine without these
# still runs every other test. When nothing is missing it takes a few milliseconds and prints nothing.
#
# Three of the packages are daemons. They are kept from starting, now and at the next boot: the tests start
# their own on free ports, and a mosquitto on 1883 would be in the way of Gemel's broker.

set -u

# command, Python module or C header | Debian package | what the tests use it for
readonly needs='
chromium|chromium|the tests of the page in a browser
mosquitto|mosquitto|the tests against a broker that is not ours
mosquitto_passwd|mosquitto|the test of a broker with users
openssl|openssl|the tests of a broker with certificates
promtool|prometheus|the check of the metrics by Prometheus itself
python:paho.mqtt.client|python3-paho-mqtt|the test with a Python MQTT client
python:scipy|python3-scipy|the benchmark of solvers beside SciPy
python:fastapi|python3-fastapi|the benchmark beside FastAPI
python:numpy|python3-numpy|the benchmark of kernels beside numpy
python:pydantic|python3-pydantic|the benchmark of kernels beside Python objects
uvicorn|uvicorn|the benchmark beside FastAPI
wrk|wrk|the HTTP benchmarks
postgres|postgresql|the tests and the benchmark of a history in PostgreSQL
gcc|gcc|the comparison with C
header:cvode/cvode.h|libsundials-dev|the benchmarks beside CVODE of SUNDIALS
'

# Is this command, Python module or C header there? The modules are asked of Debian's own Python, which is the one
# that Debian's packages belong to.
present() {
  case $1 in
    python:*)
      local module=${1#python:} folder
      for folder in /usr/lib/python3/dist-packages /usr/lib/python3*/site-packages; do
        [ -e "$folder/${module//.//}" ] || [ -e "$folder/${module//.//}.py" ] && return 0
      done
      [ -x /usr/bin/python3 ] && /usr/bin/python3 -c "import $module" 2>/dev/null
      ;;
    header:*) [ -e "/usr/include/${1#header:}" ] ;;
    # Debian keeps each version's server in a folder of its own.
    postgres) ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null ;;
    *) PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$1" >/dev/null ;;
  esac
}

# Prints the lines of `needs` that are not met.
missing() {
  local line
  while IFS= read -r line; do
    [ -z "$line" ] || present "${line%%|*}" || printf '%s\n' "$line"
  done <<<"$needs"
}

# Installs Debian packages without letting their services start.
install() {
  local policy=/usr/sbin/policy-rc.d
  local apt=(apt-get -q -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0)
  export DEBIAN_FRONTEND=noninteractive
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
    trap "rm -f $policy" EXIT
  fi
  timeout 120 "${apt[@]}" update >/dev/null 2>&1 </dev/null
  timeout 600 "${apt[@]}" install --no-install-recommends "$@" >/dev/null 2>&1 </dev/null
  # 100 is apt's own refusal, such as a name that this release lacks: that must not cost the others.
  if [ $? = 100 ]; then
    local package
    for package in "$@"; do
      timeout 300 "${apt[@]}" install --no-install-recommends "$package" >/dev/null 2>&1 </dev/null
    done
  fi
  if [ -d /run/systemd/system ]; then
    local service
    for service in mosquitto prometheus postgresql; do
      case " $* " in *" $service "*) systemctl disable --now $service >/dev/null 2>&1 </dev/null ;; esac
    done
  fi
}

lines=$(missing)
[ -z "$lines" ] && exit 0

if [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; then
  packages=$(printf '%s\n' "$lines" | cut -d'|' -f2 | sort -u | tr '\n' ' ')
  echo "system packages: installing ${packages% }"
  # shellcheck disable=SC2086 # the list is meant to split
  install $packages
  lines=$(missing)
fi

while IFS='|' read -r need package use; do
  [ -n "$need" ] && echo "system packages: no ${need#*:} (Debian: $package); skipped without it: $use"
done <<<"$lines"
exit 0
