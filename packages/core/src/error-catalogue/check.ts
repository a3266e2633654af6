import { errorCatalogue, failures } from '../errors.ts'

/** What `alto doctor` finds on a host; codes of checks that addHost and the agent share stand with those of the agent. */
export const checkErrors = errorCatalogue({
  'check.heartbeat': {
    api: 534,
    cause: 'The agent of the host has not been heard of for too long.',
    fix: 'See the other failed checks; then systemctl status altostack-agent on the host and port 8250 between them.',
  },
  'check.agent-link': {
    api: 534,
    cause: 'The agent does not answer a call over its connection.',
    fix: 'systemctl restart altostack-agent on the host; guests are not touched. `alto doctor HOST --fix` does it.',
  },
  'check.ssh': {
    api: 530,
    cause: 'The management server cannot log in to the host by its own key.',
    fix: 'Put the output of `alto ssh-key` into /root/.ssh/authorized_keys of the host and start sshd.',
  },
  'check.agent-service': {
    api: 534,
    cause: 'The service altostack-agent does not run on the host.',
    fix: 'systemctl enable --now altostack-agent; /var/log/cloudstack/agent/agent.log says why it ended.',
  },
  'check.agent-settings': {
    api: 534,
    cause: 'agent.properties does not name the management server.',
    fix: 'Write host=ADDRESS into /etc/cloudstack/agent/agent.properties and restart altostack-agent.',
  },
  'check.certificate': {
    api: 531,
    cause: "The host's certificate cannot be used: expired, of another CA, or of another host.",
    fix: 'Run addHost again with the same address: it gives the host a new certificate.',
  },
  'check.libvirt-version': {
    api: 534,
    cause: "libvirt or QEMU has another version than on the cluster's other hosts.",
    fix: 'Bring all hosts of the cluster to one version: descriptors of a newer one cannot be read by an older one.',
  },
  'check.uplink': {
    api: 534,
    cause: 'The management bridge has no NIC that carries.',
    fix: 'Look at the cable and the switch port; ip link set NIC up; ip link set NIC master BRIDGE.',
  },
  'check.mtu': {
    api: 534,
    cause: 'Packets of the size that the network needs are lost on the way.',
    fix: 'Raise the MTU of NIC, bridge and switch ports: 1500, and 1550 under VXLAN.',
  },
  'check.firewall': {
    api: 534,
    cause: 'A firewall rule of the host blocks what the cloud needs.',
    fix: 'Remove the rule that is named, or open the ports before it.',
  },
  'check.guard': {
    api: 534,
    cause: "The nftables table that guards the host's ports is not as it should be.",
    fix: '`alto doctor HOST --fix`, or `alto host harden HOST`, writes it again.',
  },
  'check.public-address': {
    api: 534,
    cause: 'The management bridge has a public address: the host can be reached from everywhere.',
    fix: 'Move the public address to an interface of its own, or take it away: ip address delete ADDRESS dev BRIDGE.',
  },
  'check.default-network': {
    api: 534,
    cause: "libvirt's default network lies on a range of ours.",
    fix: 'virsh net-destroy default; virsh net-autostart --disable default (if nothing uses it).',
  },
  'check.file-modes': {
    api: 534,
    cause: 'A file of the host has modes or an owner that break or betray it.',
    fix: 'chmod and chown as the text says; `alto doctor HOST --fix` does it and keeps the old values.',
  },
  'check.runtime': {
    api: 534,
    cause: 'The agent program does not start, or has another version than the server.',
    fix: "Install the server's agent package: run addHost again, it upgrades the agent.",
  },
  'check.other-agent': {
    api: 530,
    cause: 'The agent of another cloud is installed; it is never overwritten.',
    fix: 'Remove it first, if this host shall leave its other cloud.',
  },
  'check.nfs-port': {
    api: 534,
    cause: 'An NFS server does not answer on TCP 2049.',
    fix: 'Look whether nfs-server runs there and whether a firewall stands between: systemctl status nfs-server.',
  },
  'check.nfs-rpc': {
    api: 534,
    cause: "An NFS server's portmapper does not tell of program nfs.",
    fix: 'systemctl enable --now rpcbind nfs-server on the NFS server, or mount by NFS 4.1 or newer.',
  },
  'check.nfs-export': {
    api: 534,
    cause: 'The NFS server does not export the path of the pool.',
    fix: 'Add the path to /etc/exports there with rw,no_root_squash and run exportfs -ra.',
  },
  'check.kernel-rpc': {
    api: 534,
    cause: "The host's kernel reports trouble of NFS or RPC.",
    fix: 'Look at the NFS server and the network to it; mounts go on by themselves when it answers.',
  },
  'check.selinux': {
    api: 534,
    cause: 'SELinux denies guests something that they need.',
    fix: 'setsebool -P virt_use_nfs 1 for disks on NFS; leave SELinux on.',
  },
  'check.ring-buffers': {
    api: 534,
    cause: 'The ring buffers of a NIC are smaller than they could be.',
    fix: 'ethtool -G NIC rx N tx N, kept over a boot; `alto doctor HOST --fix` does both.',
  },
  'check.services': {
    api: 534,
    cause: 'Services run on the host that a KVM host does not need.',
    fix: 'systemctl disable --now UNIT, or `alto host harden HOST --disable-services`.',
  },
  'check.unknown': { api: 431, cause: 'There is no check of this name.', fix: 'listHostChecks shows the names.' },
  'repair.none': {
    api: 431,
    cause: 'No repair belongs to this check, or there is nothing to repair.',
    fix: 'Do what the failed check says; listHostChecks shows which can be repaired.',
  },
  'repair.failed': {
    api: 534,
    cause: 'A repair failed on the host.',
    fix: 'See what the program said; nothing else was changed.',
  },
  'repair.no-way': {
    api: 534,
    cause: 'Neither the agent nor SSH reaches the host: nothing can be repaired from here.',
    fix: 'Reach the host by its console; `alto ssh-key` prints the key that lets the server in.',
  },
})
export const checkFailure: ReturnType<typeof failures<typeof checkErrors>> = failures(checkErrors)
