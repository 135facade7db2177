#!/bin/sh
# Copies the current release's pages to any host that serves files: ./static-host.sh SITE TARGET
#   ./static-host.sh /srv/mingbai/site www@host.example.cn:/var/www/mingbai/
# TARGET is whatever rsync takes. New files go first and old ones last, so that a link never leads to nothing. Contents
# are compared (-c), since every release gives all its files a new time; the hard links stay here.
set -eu
site=$1 target=$2
release=$(cd "$site/current/www" && pwd -P)      # one release from the first file to the last, whatever is built meanwhile
rsync --recursive --checksum --chmod=D755,F644 --exclude='*.html' "$release/" "$target"
rsync --recursive --checksum --chmod=D755,F644 --delay-updates --delete-after "$release/" "$target"
