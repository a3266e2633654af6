#!/bin/sh
# udhcpc calls this with the event in $1 and the lease in the environment.
case $1 in
bound | renew)
  [ -n "$mtu" ] && ip link set "$interface" mtu "$mtu"
  if ! ip -4 -o addr show dev "$interface" | grep -q " $ip/${mask:-24} "; then
    ip -4 addr flush dev "$interface"
    ip addr add "$ip/${mask:-24}" dev "$interface"
  fi
  [ -n "$router" ] && ip route replace default via "${router%% *}" dev "$interface"
  : >/etc/resolv.conf
  for server in $dns; do echo "nameserver $server" >>/etc/resolv.conf; done
  [ -n "$hostname" ] && [ "$(hostname)" = labguest ] && hostname "$hostname"
  [ "$1" = bound ] && echo "LAB-IP $interface $ip $(cut -d' ' -f1 /proc/uptime)" >/dev/console
  ;;
esac
exit 0
