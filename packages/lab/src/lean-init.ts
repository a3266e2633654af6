/** Path of the first process of a machine host that starts without systemd. */
export const leanInitPath = 'usr/local/sbin/lab-lean'

/**
 * What a host of ours needs and nothing around it: udev, the network, sshd, libvirtd, the initiators, and the agent once
 * it has joined. An emulated machine spends minutes on systemd's units and on this a quarter of one.
 */
export const leanInit = `#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=755 run /run
mkdir -p /dev/pts /dev/shm /run/lock/lvm /run/lvm /run/sshd /run/netns /run/libvirt /run/rpcbind
mount -t devpts -o gid=5,mode=620 devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ln -sfn /proc/self/fd /dev/fd
hostname "$(cat /etc/hostname)"
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add
udevadm settle --timeout=60
ip link set lo up
/usr/local/sbin/lab-net
# Starts a program again whenever it ends.
keep() { while :; do "$@" >> /var/log/lab-lean.log 2>&1; sleep 0.3; done; }
conf=/etc/libvirt/libvirtd.conf
libvirt() { if grep -qs '^listen_tls *= *1' $conf; then libvirtd --listen; else libvirtd; fi; }
keep qemu-ga -m virtio-serial -p /dev/virtio-ports/org.qemu.guest_agent.0 &
keep /usr/sbin/sshd -D &
keep virtlogd &
keep libvirt &
# The agent has given libvirt its certificates: it listens from its next start on.
if ! grep -qs '^listen_tls *= *1' $conf; then
  (until grep -qs '^listen_tls *= *1' $conf; do sleep 0.5; done; sleep 1; pkill -x libvirtd) &
fi
modprobe -a dm_multipath iscsi_tcp
keep iscsid -f &
keep multipathd -d -s &
(while :; do
  [ -e /etc/cloudstack/agent/cloud.crt ] && altostack-agent run >> /var/log/lab-lean.log 2>&1
  sleep 0.5
done) &
while :; do wait; sleep 1; done
`
