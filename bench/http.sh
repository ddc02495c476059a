#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Requests per second of our HTTP server beside nginx with a static answer of the same 300 bytes,
# alternating so that a noisy machine is noisy for both.
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
measure() { # url [script]
    wrk -t2 -c64 -d"${seconds}s" ${2:+-s "$2"} "$1" | awk '/^Requests\/sec/ {print $2} /Non-2xx/ {print "refused"}'
}

for round in $(seq "$rounds"); do
    echo "get nginx $(measure "http://127.0.0.1:$nginx_port/fixed")"
    echo "get ours $(measure "http://127.0.0.1:$our_port/fixed")"
    echo "post nginx $(measure "http://127.0.0.1:$nginx_port/fixed" "$folder/post.lua")"
    echo "post ours $(measure "http://127.0.0.1:$our_port/fixed" "$folder/post.lua")"
done | tee "$folder/results" >&2

python3 - "$folder/results" <<'PY'
import statistics, sys
runs = {}
for line in open(sys.argv[1]):
    kind, server, rate = line.split()
    runs.setdefault((kind, server), []).append(float(rate))
for kind in ("get", "post"):
    ours, nginx = (statistics.median(runs[kind, server]) for server in ("ours", "nginx"))
    print(f"{kind}: ours {ours:,.0f}/s, nginx {nginx:,.0f}/s, ratio {ours / nginx:.2f}")
PY
