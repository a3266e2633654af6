#!/bin/sh
# usage: in-cgroup.sh NAME PROGRAM [ARG…]
# Runs PROGRAM in a cgroup NAME of its own in each hierarchy of a cgroup v1 machine. Without that all hosts would share
# one cgroup tree, and stopping a service in one would look for its processes in the other.
# The memory hierarchy is left alone: it can hold limits that were set on whoever runs the lab.
name=$1
shift
for hierarchy in /sys/fs/cgroup/*; do
  [ "${hierarchy##*/}" = memory ] && continue
  [ -w "$hierarchy/cgroup.procs" ] || continue
  mkdir -p "$hierarchy/$name" || continue
  if [ -f "$hierarchy/$name/cpuset.cpus" ]; then
    cat "$hierarchy/cpuset.cpus" >"$hierarchy/$name/cpuset.cpus"
    cat "$hierarchy/cpuset.mems" >"$hierarchy/$name/cpuset.mems"
  fi
  echo $$ >"$hierarchy/$name/cgroup.procs"
done
exec "$@"
