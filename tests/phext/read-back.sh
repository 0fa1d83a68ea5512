#!/bin/sh
# Loads NAME.phext of this folder into the server sq and asks for each coordinate of the file `coordinates` over HTTP;
# the answers go to `answers/1`, `answers/2` and so on. The server listens on every address of the machine, so
# this runs only inside a network namespace of its own.
# usage: read-back.sh SQ NAME
set -eu
sq=$1 name=$2 port=1337

if ip -o address show scope global | grep -q .; then
  echo "this machine can be reached from others: run this in a network namespace of its own" >&2
  exit 3
fi
# In a new namespace loopback is down.
ip link set lo up

"$sq" host "$port" >server.log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT

ask() {
  curl --fail --silent --show-error --max-time 60 --retry 50 --retry-delay 1 --retry-connrefused "$@"
}

ask "http://127.0.0.1:$port/api/v2/load?p=$name" >loaded
mkdir answers
number=0
while read -r coordinate; do
  number=$((number + 1))
  ask --output "answers/$number" "http://127.0.0.1:$port/api/v2/select?p=$name&c=$coordinate"
done <coordinates
