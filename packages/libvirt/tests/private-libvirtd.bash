#!/bin/bash
# Runs libvirtd with private /etc/libvirt, state and run directories, as the first process of new namespaces: when it ends,
# so does every guest. bash reaps orphans; a guest that stays a zombie would make libvirtd wait for it for seconds.
# usage: private-libvirtd.bash DIR HOSTNAME [libvirtd options]
# Takes lines on stdin (`start`, `signal NAME`, `stop`) and answers each with `done`.
set -eu
dir=$1
hostname "$2"
shift 2
mount --make-rprivate /
mount -t proc proc /proc
for part in etc/libvirt var/lib/libvirt var/log/libvirt var/cache/libvirt run/libvirt run/lock; do
  mkdir -p "$dir/$part" "/$part"
  mount --bind "$dir/$part" "/$part"
done
mount --bind "$dir/etc/hosts" /etc/hosts
# A /dev without kvm: the machine's may not run a stock guest, and these tests are about the protocol. It must not be there
# at all: a device that is there but unusable makes libvirtd examine QEMU anew at each start of a guest.
mkdir -p "$dir/dev"
mount -t tmpfs -o mode=755 tmpfs "$dir/dev"
mkdir "$dir/dev/net" "$dir/dev/shm" "$dir/dev/pts"
for node in null zero full random urandom tty net/tun; do
  [ -e "/dev/$node" ] || continue
  : >"$dir/dev/$node"
  mount --bind "/dev/$node" "$dir/dev/$node"
done
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$dir/dev/pts"
ln -s pts/ptmx "$dir/dev/ptmx"
mount --rbind "$dir/dev" /dev
pid=
while read -r command argument; do
  case $command in
    start)
      libvirtd --config "$dir/libvirtd.conf" --pid-file "$dir/libvirtd.pid" "$@" &
      pid=$!
      ;;
    signal) kill "-$argument" "$pid" ;;
    stop)
      kill -KILL "$pid"
      wait "$pid" 2>/dev/null || true
      ;;
  esac
  echo done
done
