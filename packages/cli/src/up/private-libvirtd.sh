#!/bin/sh
# Runs libvirtd in a mount namespace in which its directories are this instance's own, so that it neither sees nor
# disturbs another libvirtd of the machine. usage: private-libvirtd.sh DIRECTORY (called under unshare --mount)
set -eu
D=$1
for path in etc/libvirt run/libvirt var/lib/libvirt var/cache/libvirt var/log/libvirt etc/pki; do
  mkdir -p "$D/$path" "/$path"
  mount --bind "$D/$path" "/$path"
done
mkdir -p /var/log/libvirt/qemu
exec /usr/sbin/libvirtd
