import { errorCatalogue, failures } from '../errors.ts'

/** Failures of virtual machines as the management server sees them; a host's own codes are in agent.ts. */
export const virtualMachineErrors = errorCatalogue({
  'virtual-machine.state': {
    api: 431,
    cause: 'The virtual machine is not in a state in which this can be done.',
    fix: 'See the state that the text names; listVirtualMachines shows it.',
  },
  'virtual-machine.protected': {
    api: 431,
    cause: 'Delete protection is on.',
    fix: 'updateVirtualMachine with deleteprotection=false first.',
  },
  'virtual-machine.name': {
    api: 431,
    cause: 'The name is not a host name, or another guest of the network has it.',
    fix: 'Use letters, digits and hyphens, at most 63, beginning with a letter; or another name.',
  },
  'virtual-machine.template': {
    api: 431,
    cause: 'The template cannot be used for this virtual machine.',
    fix: 'See the reason in the text; listTemplates shows what is ready in the zone.',
  },
  'virtual-machine.no-iso': {
    api: 431,
    cause: 'The ISO is not in the CD drive of the virtual machine.',
    fix: 'listVirtualMachines shows isoid; attachIso puts one in.',
  },
  'virtual-machine.offering': {
    api: 431,
    cause: 'The offering does not go with the request.',
    fix: 'Correct the value that the text names.',
  },
  'virtual-machine.disk': {
    api: 431,
    cause: 'The size of the root disk is not possible.',
    fix: 'See the bounds in the text.',
  },
  'virtual-machine.network': {
    api: 431,
    cause: 'The networks of the request do not go together, or with the zone.',
    fix: 'Name one or more networks of the zone in networkids.',
  },
  'virtual-machine.zone-disabled': {
    api: 531,
    cause: 'The zone is Disabled: only root administrators deploy in it.',
    fix: 'Ask an administrator to enable the zone.',
  },
  'virtual-machine.expunge-permission': {
    api: 531,
    cause: 'Users may not expunge or recover virtual machines here.',
    fix: 'Ask an administrator, or have allow.user.expunge.recover.vm set for the account.',
  },
  'virtual-machine.force-permission': {
    api: 531,
    cause: 'Users may not switch virtual machines off here.',
    fix: 'Leave forced out, or have allow.user.force.stop.vm set for the account.',
  },
  'virtual-machine.host-failed': {
    api: 534,
    cause: 'Every host that was tried failed.',
    fix: 'See for each host what was seen.',
  },
  'virtual-machine.migration-refused': {
    api: 431,
    cause: 'The virtual machine cannot run on the other host; nothing was moved.',
    fix: 'See each refusal in the evidence.',
  },
  'virtual-machine.import-refused': {
    api: 431,
    cause: 'The guest cannot be taken under management as it is; nothing was changed.',
    fix: 'See what the text names; listUnmanagedInstances shows the guest.',
  },
  'virtual-machine.unmanage-refused': {
    api: 431,
    cause: 'The virtual machine cannot leave management as it is; nothing was changed.',
    fix: 'See what the text names.',
  },
  'virtual-machine.no-disk': {
    api: 530,
    cause: 'The virtual machine has lost its root disk.',
    fix: 'Expunge it and deploy a new one.',
  },
  'virtual-machine.pool-unreachable': {
    api: 534,
    cause: 'No connected host has the pool of the volume attached.',
    fix: 'Bring a host of the cluster Up; the operation goes on by itself.',
  },
  'virtual-machine.console-token': {
    api: 401,
    cause: 'The link to a console was used before, has expired or belongs to somebody else.',
    fix: 'Open the console again: each link works once, and for a minute.',
  },
  'virtual-machine.limit': {
    api: 532,
    cause: 'A resource limit of the account or of its domain is reached.',
    fix: 'Free resources, or raise the limit that the text names.',
  },
})
export const virtualMachineFailure: ReturnType<typeof failures<typeof virtualMachineErrors>> =
  failures(virtualMachineErrors)
