/** Network services of this version: what can stand behind each, and what it can do. */
export const networkServices: readonly {
  readonly name: string
  readonly providers: readonly string[]
  readonly capabilities: Readonly<Record<string, string>>
}[] = [
  { name: 'Dhcp', providers: ['VirtualRouter'], capabilities: { DhcpAccrossMultipleSubnets: 'true' } },
  { name: 'Dns', providers: ['VirtualRouter'], capabilities: { AllowDnsSuffixModification: 'true' } },
  { name: 'UserData', providers: ['VirtualRouter', 'ConfigDrive'], capabilities: {} },
  { name: 'SecurityGroup', providers: ['SecurityGroupProvider'], capabilities: {} },
]

/** Services of isolated networks and VPCs: known by name, so that offerings may say that they want them. */
export const routedServices = [
  'Vpn',
  'Gateway',
  'Firewall',
  'Lb',
  'SourceNat',
  'StaticNat',
  'PortForwarding',
  'NetworkACL',
  'Connectivity',
  'CustomAction',
] as const
