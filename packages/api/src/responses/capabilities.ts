import { defineResponse } from '../define-response.ts'

export const capabilitiesResponse = defineResponse({
  name: 'CapabilitiesResponse',
  fields: {
    securitygroupsenabled: { type: 'boolean', description: 'Whether security groups are used.' },
    dynamicrolesenabled: { type: 'boolean', description: 'Whether roles have rules that can change.' },
    cloudstackversion: { type: 'string', description: 'CloudStack version whose API this server speaks.' },
    userpublictemplateenabled: { type: 'boolean', description: 'Whether users may make templates public.' },
    supportELB: { type: 'string', description: 'Whether elastic load balancing is there.' },
    projectinviterequired: { type: 'boolean', description: 'Whether users are invited to projects.' },
    allowusercreateprojects: { type: 'boolean', description: 'Whether users may create projects.' },
    customdiskofferingminsize: { type: 'long', description: 'Smallest custom disk in GiB.' },
    customdiskofferingmaxsize: { type: 'long', description: 'Largest custom disk in GiB.' },
    regionsecondaryenabled: { type: 'boolean', description: 'Whether a region shares its secondary storage.' },
    apilimitinterval: { type: 'integer', description: 'Seconds for which apilimitmax counts.' },
    kvmsnapshotenabled: { type: 'boolean', description: 'Whether disks of running KVM guests can be snapshotted.' },
    snapshotshowchainsize: {
      type: 'boolean',
      since: '4.22.1',
      description: "Whether the size of a snapshot's chain is shown.",
    },
    apilimitmax: { type: 'integer', description: 'Most requests of an account in the interval.' },
    allowuserviewdestroyedvm: {
      type: 'boolean',
      since: '4.6.0',
      description: 'Whether users see destroyed virtual machines.',
    },
    allowuserexpungerecovervm: {
      type: 'boolean',
      since: '4.6.0',
      description: 'Whether users may expunge and recover their virtual machines.',
    },
    allowuserexpungerecovervolume: {
      type: 'boolean',
      since: '4.14.0',
      description: 'Whether users may expunge and recover their volumes.',
    },
    allowuserviewalldomainaccounts: { type: 'boolean', description: 'Whether users see all accounts of their domain.' },
    allowuserforcestopvm: {
      type: 'boolean',
      since: '4.20.0',
      description: 'Whether users may switch their virtual machines off.',
    },
    customhypervisordisplayname: {
      type: 'string',
      since: '4.19.0',
      description: 'Name shown for the hypervisor type Custom.',
    },
    defaultuipagesize: { type: 'long', since: '4.15.2', description: 'Rows a page of the console.' },
    dynamicscalingenabled: {
      type: 'boolean',
      since: '4.21.0',
      description: 'Whether virtual machines may be scaled while running.',
    },
    additionalconfigenabled: {
      type: 'boolean',
      since: '4.20.2',
      description: 'Whether users may add configuration of their own to virtual machines.',
    },
  },
})
