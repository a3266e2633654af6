import { createHash } from 'node:crypto'
import { labFailure } from './errors.ts'

/** All names that one lab puts on the machine. They carry its id, so that labs live side by side. */
export interface LabNames {
  /** Five hexadecimal digits. */
  readonly id: string
  /** The wire between hosts and server; at most 15 characters, as interface names are. */
  readonly bridge: string
  /** nftables table of the bridge family that holds the cuts. */
  readonly nftTable: string
}

/** The id of the lab whose absolute directory is `dir`: the same directory always gives the same id. */
export function labId(dir: string): string {
  return createHash('sha256').update(dir).digest('hex').slice(0, 5)
}

/** Derives a lab's names. Throws `lab.argument` when the id could not stand in an interface name. */
export function labNames(id: string): LabNames {
  if (!/^[0-9a-z]{1,5}$/.test(id)) {
    throw labFailure('lab.argument', `A lab id has one to five lower-case letters and digits, not '${id}'`)
  }
  return { id, bridge: `altolab${id}`, nftTable: `altolab_${id}` }
}

/** Name of a host's container; systemd-nspawn derives the host's cable `vb-<machine>` from it. */
export function machineName(id: string, host: string): string {
  return `${id}-${host}`
}

/** The machine's end of a host's cable. systemd-nspawn cuts longer names off, which must not happen. */
export function cableName(id: string, host: string): string {
  const cable = `vb-${machineName(id, host)}`
  if (cable.length > 15) throw labFailure('lab.argument', `The host name '${host}' is too long for an interface name`)
  return cable
}

/** Name of the host that serves NFS and iSCSI. */
export const storageHostName = 'nas'

/** Names of `count` container hosts: h1, h2, … */
export function hostNames(count: number): readonly string[] {
  return numbered('h', count, 99)
}

/** Names of `count` machine hosts: m1, m2, … */
export function machineHostNames(count: number): readonly string[] {
  return numbered('m', count, 20)
}

function numbered(letter: string, count: number, most: number): readonly string[] {
  if (!Number.isInteger(count) || count < 0 || count > most) {
    throw labFailure('lab.argument', `A lab has 0 to ${most} hosts of a kind, not ${count}`)
  }
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
}
