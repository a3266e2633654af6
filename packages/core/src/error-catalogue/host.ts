import { errorCatalogue, failures } from '../errors.ts'

/** Failures of adding, changing and removing hosts. */
export const hostErrors = errorCatalogue({
  'host.url': {
    api: 431,
    cause: 'The url of the host cannot be read.',
    fix: 'Write http://ADDRESS or http://ADDRESS:SSHPORT.',
  },
  'host.place': {
    api: 431,
    cause: 'Zone, pod and cluster of the host do not belong together.',
    fix: 'Name a cluster of that pod, in that zone.',
  },
  'host.hypervisor': {
    api: 431,
    cause: 'A cluster holds hosts of one hypervisor type.',
    fix: 'Add the host to a cluster of its type.',
  },
  'host.architecture': {
    api: 431,
    cause: 'A cluster holds hosts of one CPU architecture.',
    fix: 'Add the host to a cluster of its architecture.',
  },
  'host.distribution-mixed': {
    api: 431,
    cause: 'The hosts of a cluster run one distribution.',
    fix: 'Add the host to a cluster of its distribution.',
  },
  'host.mixed': {
    api: 431,
    cause:
      'libvirt, QEMU or the CPU of the host differ from those of its cluster, so that guests could not move live between them.',
    fix: 'Bring it to the versions of the cluster, or add it to a cluster of its own. While hosts are being upgraded set alto.cluster.upgrade.until; to mix for good set alto.cluster.mixed.hosts.allowed: then new guests get a CPU that all hosts have.',
  },
  'host.already-added': {
    api: 431,
    cause: 'This machine is a host already.',
    fix: 'Delete it there first, or name its cluster.',
  },
  'host.credentials': {
    api: 431,
    cause: 'addHost needs a user name.',
    fix: 'Send username, and password unless the key of the server is in its authorized_keys.',
  },
  'host.unreachable': {
    api: 530,
    cause: 'No SSH connection to the host could be made.',
    fix: 'Check the address, port 22, cabling and firewall: `ssh USER@ADDRESS` from the management server.',
  },
  'host.key-changed': {
    api: 530,
    cause: 'The SSH host key differs from the one that was recorded or given: it may be another machine.',
    fix: 'If the machine was set up anew, add it with hostkey=SHA256:… of its new key (ssh-keygen -lf on the host).',
  },
  'host.authentication': {
    api: 530,
    cause: 'The host refused user name and password, or the key of the server.',
    fix: 'Check the password; for key login put the output of `alto ssh-key` into authorized_keys of the user.',
  },
  'host.privilege': {
    api: 530,
    cause: 'The user is not root and sudo does not let it become root.',
    fix: 'Add the user to sudoers, or use root.',
  },
  'host.distribution': {
    api: 530,
    cause: 'The distribution of the host is not one that the agent is made for.',
    fix: 'Use Debian 12.',
  },
  'host.clock': {
    api: 530,
    cause: 'The clock of the host differs from that of the management server by more than a second.',
    fix: 'Install chrony on both (apt-get install chrony) and wait until `chronyc tracking` says that it is synchronised.',
  },
  'host.check': {
    api: 530,
    cause: 'A check of the host failed; nothing was changed on it.',
    fix: 'See the failed checks in the evidence; each says what was seen and what to do.',
  },
  'host.check-unreadable': {
    api: 530,
    cause: 'The answer of the host to a check cannot be read.',
    fix: 'Run the command that the text names on the host.',
  },
  'host.package': {
    api: 530,
    cause: 'The agent package could not be built, copied or installed.',
    fix: 'See the output of dpkg; `apt-get -f install` on the host brings missing packages.',
  },
  'host.setup': {
    api: 530,
    cause: 'A step of setting the host up failed.',
    fix: 'See what the host answered; run addHost again, it repairs what is half done.',
  },
  'host.not-up': {
    api: 530,
    cause: 'The agent was started and did not connect in time.',
    fix: 'See the lines of the agent log in the evidence; check port 8250 from the host to the management server.',
  },
  'host.password-forgotten': {
    api: 530,
    cause: 'The management server ended while the host was being added; passwords are never stored.',
    fix: 'Run addHost again.',
  },
  'host.state': {
    api: 431,
    cause: 'The host is not in a state in which this can be done.',
    fix: 'See the states that the text names.',
  },
  'host.has-vms': {
    api: 536,
    cause: 'Virtual machines are on the host.',
    fix: 'Migrate or stop them first, or use forced=true: they are stopped.',
  },
  'host.has-local-storage': {
    api: 536,
    cause: 'Volumes are on the local storage of the host.',
    fix: 'Move or delete them, or use forcedestroylocalstorage=true.',
  },
  'host.bridge': {
    api: 431,
    cause: 'The bridge cannot be made on the host as asked; nothing was changed.',
    fix: 'See what was seen; the bridge can be made by hand: /etc/network/interfaces, iface BRIDGE with bridge_ports.',
  },
  'host.bridge-lost': {
    api: 530,
    cause:
      'The host was lost by its new bridge, or the bridge did not get the address: the host has taken it back by itself.',
    fix: 'Read apply.log under /var/lib/altostack/bridge on the host; check NIC, VLAN and DHCP.',
  },
  'host.not-connected': {
    api: 530,
    cause: 'The host has no connection that could be made anew.',
    fix: 'Look at cloudstack-agent on the host.',
  },
  'host.maintenance-capacity': {
    api: 533,
    cause: 'Not every virtual machine of the host has another host to go to; nothing was moved.',
    fix: 'Free capacity or add a host, or stop or move the virtual machines that the text names; dryrun=true shows the plan.',
  },
  'host.maintenance-stuck': {
    api: 530,
    cause: 'Some virtual machines could not be moved off the host; they run on there, and nothing new is placed on it.',
    fix: 'See why each of them stayed; mend that and prepare the host again, or cancel with cancelHostMaintenance.',
  },
  'host.maintenance-over': {
    api: 431,
    cause: 'The preparation of the host for maintenance was cancelled.',
    fix: 'Prepare it again if it is still wanted.',
  },
  'host.maintenance-local-storage': {
    api: 536,
    cause: 'Running virtual machines of the host have disks on its local storage, which cannot move with them.',
    fix: 'Stop them or migrate their volumes first, or set host.maintenance.local.storage.strategy to ForceStop.',
  },
})
export const hostFailure: ReturnType<typeof failures<typeof hostErrors>> = failures(hostErrors)
