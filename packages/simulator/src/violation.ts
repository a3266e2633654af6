/** What must never happen, whatever the server does: seen by the simulation, which knows every host at once. */
export type Violation = {
  readonly kind: keyof typeof violationKinds
  /** Wall clock, ms. */
  readonly at: number
  readonly subject: string
  /** Who held it and who came. */
  readonly seen: string
}

export const violationKinds = {
  'vm-twice': 'One VM runs on two hosts, or twice on one.',
  'two-writers': 'Two running guests have the same disk open.',
  'address-twice': 'Two running guests of a network have the same address.',
  'mac-twice': 'Two running guests have the same MAC.',
  'removed-in-use': 'A volume was removed while a running guest had it open.',
} as const
