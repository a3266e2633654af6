#!/bin/busybox sh
# First process of the Altostack guest image. All that a test wants to see is said on the serial line, in words that
# begin with LAB- or TICK; README.md beside this file lists them.
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /run
exec </dev/console >/dev/console 2>&1
# Each program that is started costs an emulated guest some 30 ms: what is done often is done by the shell alone.
uptime_now() { read -r now rest </proc/uptime; }
uptime_now
printf '\nLAB-BOOT %s\n' "$now" # the firmware leaves a line without an end
read -r modules </lib/modules/wanted
modprobe -a $modules 2>/dev/null
ip link set lo up

# --- config drive: ISO 9660 labelled config-2 (OpenStack, CloudStack) or cidata (NoCloud)
n=0
while [ $n -lt 20 ]; do
  if [ -e /dev/vda ] || [ -e /dev/sda ]; then break; fi
  usleep 50000
  n=$((n + 1))
done
drive=
for other in /dev/sr* /dev/vd[b-z] /dev/sd[b-z]; do
  [ -e "$other" ] || continue
  for label in config-2 cidata CIDATA CONFIG-2; do drive=$(findfs LABEL=$label 2>/dev/null) && break; done
  break
done
name=
if [ -n "$drive" ] && mount -t iso9660 -o ro "$drive" /mnt; then
  echo "LAB-CONFIGDRIVE $drive label $label"
  meta=/mnt/openstack/latest/meta_data.json
  if [ -f $meta ]; then
    name=$(sed -n 's/.*"hostname"[^"]*"\([^"]*\)".*/\1/p;s/.*"local-hostname"[^"]*"\([^"]*\)".*/\1/p' $meta | head -1)
    grep -o '"ssh-[^"]*"' $meta | tr -d '"' | sed 's/\\n//g' >>/root/.ssh/authorized_keys
    cp /mnt/openstack/latest/user_data /run/user_data 2>/dev/null
  fi
  if [ -d /mnt/cloudstack ]; then
    [ -n "$name" ] || name=$(cat /mnt/cloudstack/metadata/local-hostname* 2>/dev/null | head -1)
    cat /mnt/cloudstack/metadata/public-keys* >>/root/.ssh/authorized_keys 2>/dev/null
    cp /mnt/cloudstack/userdata/user_data* /run/user_data 2>/dev/null
    password=$(cat /mnt/cloudstack/password/vm_password* 2>/dev/null)
    [ -n "$password" ] && echo "root:$password" | chpasswd 2>/dev/null
  fi
  if [ -f /mnt/meta-data ]; then
    name=$(sed -n 's/^local-hostname: *//p' /mnt/meta-data | head -1)
    cp /mnt/user-data /run/user_data 2>/dev/null
    grep -oh 'ssh-[a-z0-9-]* [A-Za-z0-9+/=]*' /mnt/meta-data /mnt/user-data >>/root/.ssh/authorized_keys 2>/dev/null
  fi
  umount /mnt
  chmod 600 /root/.ssh/* 2>/dev/null
fi
name=${name:-labguest}
echo "$name" >/proc/sys/kernel/hostname

# --- data partition: survives reboots; ticks are fsynced there, so that a lost write can be seen
# Mounted with sync: a write comes back when the disk has it, without a program that calls fsync.
kept=
for part in /dev/vda2 /dev/sda2; do
  [ -e $part ] && mount -t ext4 -o data=ordered,sync $part /data && kept=yes && break
done
tick=0
if [ -n "$kept" ]; then
  boots=0
  [ -f /data/boots ] && read -r boots </data/boots
  boots=$((${boots:-0} + 1))
  echo $boots >/data/boots
  echo "LAB-BOOTS $boots"
  [ -f /data/tick ] && read -r tick rest </data/tick
  case $tick in '' | *[!0-9]*) tick=0 ;; esac
  echo "LAB-DISK-TICK $tick"
fi

# Nobody writes there: a pause without a program.
mkfifo /tmp/pause
exec 9<>/tmp/pause

# --- network: DHCP on every interface, also on one plugged in later
watch_interfaces() {
  while :; do
    for path in /sys/class/net/*; do
      nic=${path##*/}
      [ "$nic" = lo ] && continue
      [ -e "/run/dhcp.$nic" ] && continue
      : >"/run/dhcp.$nic"
      ip link set "$nic" up
      udhcpc -f -S -i "$nic" -t 30 -T 1 -A 2 -s /bin/dhcp.sh -x "hostname:$name" >/dev/null 2>&1 &
    done
    for mark in /run/dhcp.*; do [ -e "/sys/class/net/${mark#/run/dhcp.}" ] || rm -f "$mark"; done
    read -r -t 2 -u 9 rest
  done
}
watch_interfaces &

# --- services
echo "<html><body>$name <a href=/cgi-bin/i>state</a></body></html>" >/www/index.html
httpd -p 80 -h /www
[ -x /usr/sbin/dropbear ] && dropbear -R -E -B >/dev/null 2>&1
acpid -f >/tmp/acpid.log 2>&1 &
if [ -s /run/user_data ]; then
  echo "LAB-USERDATA $(head -c 200 /run/user_data | tr '\n' '|')"
  if head -1 /run/user_data | grep -q '^#!'; then
    cp /run/user_data /tmp/user_data
    chmod 755 /tmp/user_data
    /tmp/user_data &
  fi
fi

# --- one tick a second. It is on the disk before it is on the serial line: what was printed must never be lost.
# The record has a fixed length and is written in place, so a crash leaves the old one or the new one, never half.
count_ticks() {
  while :; do
    tick=$((tick + 1))
    uptime_now
    [ -n "$kept" ] && printf '%-12s %-16s\n' "$tick" "$now" 2>/dev/null 1<>/data/tick
    echo "$tick" >/tmp/tick
    read -r host </proc/sys/kernel/hostname
    echo "TICK $tick $now $host" >/dev/console
    read -r -t 1 -u 9 rest
  done
}
read -r line </proc/cmdline
case $line in *labtick=0*) ;; *) count_ticks & ;; esac
uptime_now
echo "LAB-READY $name $now"
# A shell on the serial line and on the screen, once somebody presses Enter: a prompt would stand in front of the ticks.
# The first terminal that a session leader opens is its own.
shell_on() {
  while :; do
    setsid sh -c "read -r enter <$1; exec sh -l <$1 >$1 2>&1"
    sleep 1
  done
}
[ -c /dev/tty1 ] && shell_on /dev/tty1 &
[ -c /dev/ttyS0 ] && shell_on /dev/ttyS0 &
while :; do wait; sleep 60; done
