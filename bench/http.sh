#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Requests per second of our HTTP server beside nginx with a static answer of the same 300 bytes,
# alternating so that a noisy machine is noisy for both, and the CPU time that a request costs each,
# which noise hardly touches.
#
# bench/http.sh [rounds] [seconds]     folder of the build: BUILD (default build)
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5} seconds=${2:-3} build=${BUILD:-build}
folder=$(mktemp -d)
pids=()

stop() {
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap stop EXIT

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

nginx_port=$(free_port)
printf 'a%.0s' $(seq 300) >"$folder/body"
cat >"$folder/nginx.conf" <<CONF
daemon off;
worker_processes ${NGINX_WORKERS:-1};
pid $folder/nginx.pid;
error_log $folder/error.log crit;
events { worker_connections 1024; }
http {
    access_log off;
    keepalive_requests 100000000;
    default_type application/json;
    client_body_temp_path $folder;
    server {
        listen 127.0.0.1:$nginx_port;
        location / { return 200 "$(cat "$folder/body")"; }
    }
}
CONF
nginx -c "$folder/nginx.conf" -p "$folder" 2>"$folder/nginx.err" &
pids+=($!)
"$build/tests/doubles/echo_server" --quiet >"$folder/port" &
pids+=($!)
for _ in $(seq 50); do
    grep -q port "$folder/port" && break
    sleep 0.1
done
our_port=$(awk '/^port/ {print $2}' "$folder/port")

printf 'wrk.method = "POST"\nwrk.body = string.rep("x", 313)\n' >"$folder/post.lua"
cpu_ticks() { # pid: of the process and its children, user and system
    cat "/proc/$1/stat" $(pgrep -P "$1" | sed 's|.*|/proc/&/stat|') | awk '{sum += $14 + $15} END {print sum}'
}

measure() { # kind server pid url [script]
    local before after
    before=$(cpu_ticks "$3")
    wrk -t2 -c64 -d"${seconds}s" ${5:+-s "$5"} "$4" >"$folder/wrk"
    after=$(cpu_ticks "$3")
    awk -v name="$1 $2" -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" '
        /requests in/ {count = $1}
        /^Requests\/sec/ {rate = $2}
        /Non-2xx/ {print "refused"}
        END {print name, rate, ticks * 1e6 / hz / count}' "$folder/wrk"
}

for round in $(seq "$rounds"); do
    for server in nginx ours; do
        [ $server = nginx ] && pid=${pids[0]} port=$nginx_port || { pid=${pids[1]} port=$our_port; }
        measure get $server "$pid" "http://127.0.0.1:$port/fixed"
        measure post $server "$pid" "http://127.0.0.1:$port/fixed" "$folder/post.lua"
    done
done | tee "$folder/results" >&2

python3 - "$folder/results" <<'PY'
import statistics, sys
runs = {}
for line in open(sys.argv[1]):
    kind, server, rate, cost = line.split()
    runs.setdefault((kind, server), []).append((float(rate), float(cost)))
for kind in ("get", "post"):
    rates, costs = ([statistics.median(run[i] for run in runs[kind, server]) for server in ("ours", "nginx")]
                    for i in (0, 1))
    print(f"{kind}: ours {rates[0]:,.0f}/s, nginx {rates[1]:,.0f}/s, ratio {rates[0] / rates[1]:.2f}; "
          f"CPU a request: ours {costs[0]:.1f} us, nginx {costs[1]:.1f} us, ratio {costs[0] / costs[1]:.2f}")
PY
