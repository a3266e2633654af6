import { errorCatalogue, failures } from '../errors.ts'

/** Failures of a host agent and of the connection to it; the server rebuilds them from the wire by code. */
export const agentErrors = errorCatalogue({
  'agent.unreachable': {
    api: 534,
    cause: "The host's agent is not connected.",
    fix: 'Look at the host: network, cloudstack-agent service, port 8250 of the management server.',
  },
  'agent.outcome-unknown': {
    api: 534,
    cause: 'The call was sent and no answer came: what happened on the host is not known yet.',
    fix: 'Wait: the operation goes on by itself when the host answers again.',
  },
  'agent.params': {
    api: 530,
    cause: 'The agent cannot read the call: server and agent differ in the protocol.',
    fix: 'Bring the agent to the version of the server.',
  },
  'agent.result': {
    api: 530,
    cause: 'The answer cannot be read: server and agent differ in the protocol.',
    fix: 'Bring the agent to the version of the server.',
  },
  'agent.bug': { api: 530, cause: 'The agent failed unexpectedly.', fix: "Report the lines of the agent's log." },
  'agent.stale-token': {
    api: 530,
    cause: 'A newer run, generation or incarnation has taken over: this caller may no longer act.',
    fix: 'Nothing: the newer run goes on.',
  },
  'agent.fenced': {
    api: 534,
    cause: 'The host was fenced and has not acknowledged its new incarnation.',
    fix: 'Wait until the server has settled its guests; then the host takes work again.',
  },
  'agent.refusing': { api: 534, cause: 'The agent takes no new work now.', fix: 'See what it says was seen.' },
  'agent.disk-full': {
    api: 534,
    cause: "The file system of the agent's state is full: nothing can be journaled.",
    fix: 'Free space under the state directory; running guests are not touched meanwhile.',
  },
  'agent.libvirt-down': {
    api: 534,
    cause: 'libvirtd does not answer on the host.',
    fix: 'systemctl status libvirtd; journalctl -u libvirtd; start it again. Guests keep running.',
  },
  'agent.libvirt': { api: 534, cause: 'libvirt refused the operation.', fix: "See the text and libvirt's log." },
  'agent.program': { api: 534, cause: 'An external program failed.', fix: 'See its output.' },
  'agent.join-refused': {
    api: 531,
    cause: 'The management server refused the join token or the certificate request.',
    fix: 'Make a new token with `alto join-token`; a token is good for one host and a limited time.',
  },
  'agent.foreign-ca': {
    api: 531,
    cause: "The server's certificate does not come from the CA that the token names.",
    fix: 'Check that the address is the right management server and that nothing sits between.',
  },

  'vm.present': {
    api: 534,
    cause: 'A guest of this name runs on the host already, and it is not this one.',
    fix: 'End or rename the other guest; its identity is in the evidence.',
  },
  'vm.absent': { api: 534, cause: 'No such guest runs on the host.', fix: 'Start it, or ask another host.' },
  'vm.config-drive': {
    api: 534,
    cause: "The guest's config drive could not be built on the host.",
    fix: 'Install genisoimage on the host and look at the space under its host.cache.location.',
  },
  'vm.start': { api: 534, cause: 'libvirt could not start the guest.', fix: 'See the text of libvirt and QEMU.' },
  'vm.stop': { api: 534, cause: 'The guest could not be ended.', fix: 'Repeat with forced=true; look at its QEMU.' },
  'vm.machine-type': {
    api: 534,
    cause: 'The QEMU of the host does not know the machine type of the guest.',
    fix: 'Use a host with the same or a newer QEMU.',
  },
  'vm.console': {
    api: 534,
    cause: 'The console of the virtual machine cannot be opened on its host.',
    fix: 'See what was seen. A guest that is just starting has its console a moment later; try again.',
  },
  'vm.cpu': {
    api: 534,
    cause: 'The CPU of the host lacks something that the guest was started with.',
    fix: 'Use a host with the same CPU, or stop and start the guest.',
  },
  'vm.acceleration': {
    api: 534,
    cause: 'The guest runs with another accelerator than the host has.',
    fix: 'Use a host with the same acceleration, or stop and start the guest.',
  },
  'vm.architecture': { api: 534, cause: 'The host has another architecture.', fix: 'Use a host of that architecture.' },
  'vm.memory': { api: 533, cause: 'The host has too little free memory.', fix: 'Free memory or use another host.' },
  'vm.busy': {
    api: 534,
    cause: 'Another operation on this guest has not ended.',
    fix: 'Wait for it; the operation is repeated by itself.',
  },
  'vm.backup-lost': {
    api: 534,
    cause:
      'libvirtd died while it began a backup of the guest, and takes that for one that goes on until the guest ends.',
    fix: 'Stop and start the guest: nothing of it is lost, and until then no snapshot of its disks can be taken while it runs.',
  },
  'vm.migration': { api: 534, cause: 'The live migration failed; the guest runs on its source.', fix: 'See the text.' },
  'vm.migration-unknown': {
    api: 534,
    cause: 'It cannot be known yet which host has the guest.',
    fix: 'Wait until both hosts can be asked; neither copy is resumed before.',
  },
  'vm.migration-port': {
    api: 534,
    cause: 'Nobody listens on the host for live migrations: the guest could not be sent there.',
    fix: '`alto doctor HOST --fix` starts libvirtd-tls.socket (which needs libvirtd.service and its sockets stopped for a moment; guests go on).',
  },
  'vm.migration-aborted': { api: 534, cause: 'The live migration was cancelled.', fix: 'Start it again when wanted.' },

  'pool.unreachable': {
    api: 534,
    cause: 'The pool does not answer on the host within the time allowed.',
    fix: 'Look at the storage server and the mount: dmesg, showmount, ls of the path in a shell of its own.',
  },
  'pool.path': {
    api: 534,
    cause: 'The path of the pool is missing on the host or is no directory.',
    fix: 'Mount the shared file system there on every host of the cluster, or correct the path.',
  },
  'pool.read-only': {
    api: 534,
    cause: 'root cannot write to the pool on the host.',
    fix: 'Check the modes, mount options and no_root_squash of the export.',
  },
  'pool.marker': {
    api: 534,
    cause: 'The path holds the marker of another pool, or no marker: it is not the same storage on every host.',
    fix: 'Check that the same file system is mounted at this path on every host.',
  },
  'pool.client': {
    api: 534,
    cause: 'The host lacks the Debian package that reaches storage of this kind.',
    fix: 'Install it on the host: nfs-common for NFS; open-iscsi, lvm2 and multipath-tools for iSCSI.',
  },
  'pool.server': {
    api: 534,
    cause: 'The storage server does not answer the host.',
    fix: 'Check the address, the route from the host (ip route get) and that the server runs.',
  },
  'pool.port': {
    api: 534,
    cause: 'The storage server answers, and refuses the port: its service does not run, or a firewall refuses.',
    fix: 'Start the NFS or iSCSI service there, or open the port (2049 for NFS, 3260 for iSCSI) to the host.',
  },
  'pool.rpc': {
    api: 534,
    cause: 'The RPC services of the NFS server do not answer.',
    fix: 'rpcinfo -p SERVER; start rpcbind and mountd there, open port 111, or use NFS 4.1 or later, which needs neither.',
  },
  'pool.export': {
    api: 534,
    cause: 'The NFS server has no export of this path, or hides it from this host.',
    fix: "showmount -e SERVER lists what it exports; correct the url, or add the export or the host's address to it.",
  },
  'pool.denied': {
    api: 534,
    cause: 'The storage server does not let this host in.',
    fix: "Add the host's address (NFS exports) or initiator name (iSCSI access list) on the storage server.",
  },
  'pool.root-squashed': {
    api: 534,
    cause: 'The export makes root a nobody (root_squash): the host cannot keep disks there.',
    fix: 'Export it with no_root_squash to the hosts (exportfs -ra afterwards).',
  },
  'pool.occupied': {
    api: 534,
    cause: 'Something else is at the place where the pool is to be mounted; nothing is ever mounted over.',
    fix: 'Look at it on the host (findmnt, ls); move it away or unmount it.',
  },
  'pool.stale': {
    api: 534,
    cause: 'The mount is stale: the server no longer knows the directory.',
    fix: 'Look at the export on the server; then umount -f the path on the host and reconnectHost.',
  },
  'pool.mount': {
    api: 534,
    cause: 'The storage could not be mounted.',
    fix: 'See the text of mount; dmesg may say more.',
  },
  'pool.login': {
    api: 534,
    cause: 'The iSCSI target refuses the login.',
    fix: "Check CHAP user and password (details chap.user and chap.password) and the target's access list.",
  },
  'pool.lun': {
    api: 534,
    cause: 'The disk of the pool does not appear on the host.',
    fix: 'Check target and LUN of the url on the storage server; on the host: iscsiadm -m session -P3, lsblk.',
  },
  'pool.volume-group': {
    api: 534,
    cause: 'The disk of the pool holds no volume group of it, or something else.',
    fix: 'Look at the disk (blkid, pvs). A disk with anything on it is never overwritten: wipefs it yourself if it is free.',
  },
  'pool.lease': {
    api: 534,
    cause: 'Hosts change what stands on a shared disk one at a time, and this one was not given its turn.',
    fix: 'Repeat it. If it stays: the text names the host that has the pool; a host that died loses it after a minute.',
  },
  'pool.full': { api: 533, cause: 'The pool has too little free space.', fix: 'Free space, or add a pool.' },
  'volume.absent': { api: 534, cause: 'The volume is not on the pool.', fix: 'Look at the pool and its backups.' },
  'volume.in-use': { api: 536, cause: 'A guest of the host uses the volume.', fix: 'Stop the guest first.' },
  'volume.conflict': {
    api: 536,
    cause: 'A file of this name with another shape is on the pool already.',
    fix: 'Look at the file; it is not overwritten.',
  },
  'volume.hotplug': {
    api: 431,
    cause: 'The guest cannot take or give a disk of this kind while it runs.',
    fix: 'Stop the virtual machine first, or use virtio or scsi disks.',
  },
  'volume.not-released': {
    api: 534,
    cause: 'The guest has not let go of the disk.',
    fix: 'Unmount it inside the guest (a guest that still boots cannot answer), then repeat; or stop the guest.',
  },
  'volume.shrink': {
    api: 431,
    cause: 'A disk is not made smaller while a guest has it, nor without shrinkok.',
    fix: 'Shrink the file system, stop or detach, and send shrinkok=true.',
  },
  'volume.copy': {
    api: 534,
    cause: 'The disk could not be copied; it stays where it was.',
    fix: 'See the text: space of the other pool, and whether both pools answer.',
  },
  'snapshot.take': {
    api: 534,
    cause: 'The state of the disk could not be written; the disk itself is not touched.',
    fix: 'See the text: space of the pool, and whether the guest still runs.',
  },
  'snapshot.absent': { api: 534, cause: 'The host has no such snapshot.', fix: 'Take it again.' },
  'snapshot.upload': {
    api: 534,
    cause: 'The snapshot could not be sent to the management server.',
    fix: 'Check port 8250 and the free space of the server; then take it again.',
  },
  'volume.format': {
    api: 431,
    cause: 'A disk of this format cannot do this.',
    fix: 'See the text: raw disks have no room for snapshots inside them.',
  },
  'template.absent': { api: 534, cause: 'The template has no copy on the pool.', fix: 'Install it there first.' },
  'template.fetch': {
    api: 534,
    cause: 'The image could not be fetched from the management server.',
    fix: 'Check port 8250 and the space of both sides; the fetch resumes where it stopped.',
  },
  'template.checksum': {
    api: 534,
    cause: 'The fetched image differs from what the server recorded.',
    fix: 'Register the template again.',
  },
  'template.unsafe': {
    api: 534,
    cause: 'The image refers to other files, or is not what it says it is.',
    fix: 'Flatten it with qemu-img convert and register it again.',
  },
  'template.in-use': { api: 536, cause: 'Volumes on the pool are based on the template.', fix: 'Remove them first.' },

  'network.bridge': {
    api: 534,
    cause: 'The bridge does not exist on the host.',
    fix: 'Create it (ip link add NAME type bridge, and make it persistent), or correct the traffic label.',
  },
  'vm.cdrom': {
    api: 534,
    cause: "The disc in the guest's CD drive could not be changed.",
    fix: 'Unmount it in the guest, or repeat with forced=true.',
  },
  'vm.nic': {
    api: 534,
    cause: 'A NIC could not be plugged into the running guest, or the guest does not let go of one.',
    fix: 'Look at what was seen; a stopped virtual machine takes the change at its next start.',
  },
  'network.uplink': {
    api: 534,
    cause: 'The bridge of the traffic label has no port to the outside, or no address: nothing can be carried over it.',
    fix: 'Make the network card a port of the bridge (ip link set NIC master BRIDGE); VXLAN needs an IPv4 address on it.',
  },
  'network.segment': {
    api: 534,
    cause: 'The interface of a VLAN or VXLAN could not be made on the host.',
    fix: 'Look at what was seen: an interface of that name that is something else, or a kernel without the module.',
  },
  'network.mtu': {
    api: 534,
    cause: 'The network card or bridge carries smaller packets than guests of the network send.',
    fix: 'Raise its MTU on every host and switch between them, or give the network a smaller one (privatemtu).',
  },
  'network.filter': {
    api: 534,
    cause: 'The nftables rules that hold guests to their addresses and security groups could not be set.',
    fix: 'Read what was seen; try `nft list ruleset` on the host. Security groups need br_netfilter or nf_conntrack_bridge.',
  },
  'network.metadata': {
    api: 534,
    cause: 'The metadata service of a bridge could not be opened.',
    fix: 'Read what was seen; ip netns list names the namespaces of the services.',
  },
  'network.dhcp': {
    api: 534,
    cause: 'The DHCP service of the bridge could not be started.',
    fix: 'Look for another DHCP server on the host: ss -lupn sport = :67.',
  },

  'check.virtualisation': {
    api: 534,
    cause: 'The CPU of the host shows neither vmx nor svm.',
    fix: 'Switch on VT-x or AMD-V in the firmware, or allow emulation by alto.kvm.emulation.allowed.',
  },
  'check.kvm': {
    api: 534,
    cause: '/dev/kvm does not really run a guest.',
    fix: 'Load kvm_intel or kvm_amd; in a virtual machine switch on nesting; or allow emulation.',
  },
  'check.libvirtd': {
    api: 534,
    cause: 'libvirtd does not answer.',
    fix: 'systemctl enable --now libvirtd; journalctl -u libvirtd says why it stopped.',
  },
  'check.name': {
    api: 534,
    cause: "The host's own name does not resolve within one second; migrations to it would stall.",
    fix: 'Write the name and address into /etc/hosts.',
  },
  'check.bridge': {
    api: 534,
    cause: 'The bridge that the agent is configured for does not exist.',
    fix: 'Create it and make it persistent, or set guest.network.device.',
  },
  'check.space': { api: 534, cause: 'A file system of the agent is nearly full.', fix: 'Free space.' },
  'check.server-port': {
    api: 534,
    cause: 'The agent port of the management server cannot be reached from the host.',
    fix: 'Open TCP 8250 from the host to the management server.',
  },
})
export const agentFailure: ReturnType<typeof failures<typeof agentErrors>> = failures(agentErrors)
