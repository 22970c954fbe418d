#!/bin/sh
# The first process in a userland of release-check.sh, in separate namespaces: makes ROOT its root, then runs use.sh there.
# usage: userland.sh ROOT RELEASE SCRIPTS CONTAINERS ARCHIVES KIND
set -eu
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
mount --bind -o ro "$2" "$root/release"
mount --bind -o ro "$3" "$root/check"
mkdir -p "$root/var/lib/containers"
mount --bind "$4" "$root/var/lib/containers"
mount --bind "$5" "$root/var/cache/apt/archives"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/run"
# slirp4netns answers DNS there.
echo 'nameserver 10.0.2.3' >"$root/etc/resolv.conf"
echo userland >"$root/etc/hostname"
hostname userland
printf '127.0.0.1 localhost userland\n' >"$root/etc/hosts"
echo 'APT::Keep-Downloaded-Packages "true";' >"$root/etc/apt/apt.conf.d/90release-check"

# slirp4netns attaches the network a moment later, from outside.
tries=0
until grep -q '^tap0[[:space:]]00000000' /proc/net/route; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || { echo 'userland.sh: no network from slirp4netns within 10 s' >&2; exit 1; }
    sleep 0.1
done

mkdir "$root/.old"
cd "$root"
pivot_root . .old
umount --lazy /.old
rmdir /.old
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 sh /check/use.sh "$6"
