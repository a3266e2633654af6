#!/bin/sh
# State page: http://GUEST/cgi-bin/i
read -r disk rest 2>/dev/null </data/tick
printf 'Content-Type: text/plain\r\n\r\n'
echo "host=$(hostname) uptime=$(cut -d' ' -f1 /proc/uptime) boots=$(cat /data/boots 2>/dev/null) tick=$(cat /tmp/tick 2>/dev/null) disktick=$disk"
