#!/bin/sh
# ACPI power button: an orderly end.
echo "LAB-ACPI-SHUTDOWN" >/dev/console
sync
umount /data 2>/dev/null || mount -o remount,ro /data
poweroff -f
