#!/bin/sh
# Prints a line of JSON for each size: how many bytes gzip makes of so many equal lines.
for lines in 10 100 1000; do
  bytes=$(yes "a line of text" | head -n "$lines" | gzip -n | wc -c)
  printf '{"lines": %s, "bytes": %s}\n' "$lines" "$bytes"
done
