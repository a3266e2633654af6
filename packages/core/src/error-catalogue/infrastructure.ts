import { errorCatalogue, failures } from '../errors.ts'

/** Failures of zones, pods, clusters, networks and offerings. */
export const infrastructureErrors = errorCatalogue({
  'infrastructure.name-taken': {
    api: 431,
    cause: 'Another live object of this kind has the name.',
    fix: 'Choose another name, or use the existing object.',
  },
  'infrastructure.not-empty': {
    api: 536,
    cause: 'The object still holds others.',
    fix: 'Delete what the text names first.',
  },
  'infrastructure.mismatch': {
    api: 431,
    cause: 'Two of the named objects do not belong together.',
    fix: 'Name objects of the same zone and pod.',
  },
  'cluster.hypervisor-in-use': {
    api: 431,
    cause: 'A cluster holds hosts of one hypervisor type and one architecture.',
    fix: 'Add a cluster for the other type, or remove the hosts first.',
  },
  'network.address': {
    api: 431,
    cause: 'An address, netmask or range is not valid.',
    fix: 'Correct the named value.',
  },
  'network.vlan': {
    api: 431,
    cause: 'The VLAN or VXLAN id does not go with the physical network.',
    fix: 'Give untagged, vlan://1 to vlan://4094, or vxlan://1 to vxlan://16777215 where the isolation method is VXLAN.',
  },
  'network.vlan-in-use': {
    api: 431,
    cause: 'Another guest network has the VLAN or VXLAN id, or it is in a range that ids are given out from.',
    fix: 'Choose another id; bypassvlanoverlapcheck=true if two networks shall share the wire.',
  },
  'network.no-free-vlan': {
    api: 533,
    cause: 'Every id of the VLAN ranges of the physical network is in use, or it has no range.',
    fix: 'updatePhysicalNetwork with a larger vlan, or delete networks that nobody uses.',
  },
  'network.range-overlap': {
    api: 431,
    cause: 'The range shares addresses with an existing one.',
    fix: 'Choose a range that is free.',
  },
  'network.no-free-address': {
    api: 533,
    cause: 'Every address of the network is in use.',
    fix: 'Add a range with createVlanIpRange, or free addresses by expunging virtual machines.',
  },
  'network.offering-mismatch': {
    api: 431,
    cause: 'The network offering does not go with the request.',
    fix: 'Choose an offering of the guest type that the text names; listNetworkOfferings shows them.',
  },
})
export const infrastructureFailure: ReturnType<typeof failures<typeof infrastructureErrors>> =
  failures(infrastructureErrors)
