import { virtualMachineFailure } from '@altostack/core'
import type { Row } from '../db/database.ts'

/** Cores, MHz a core, MiB. */
export type VmSize = { readonly cpu: number; readonly speed: number; readonly ramSize: number }

/**
 * The size of a VM of this offering: the offering's own, or what the details cpuNumber, cpuSpeed and memory say of a
 * customized one, within the offering's bounds. Throws `virtual-machine.offering` naming the wrong value.
 */
export function vmSize(
  offering: Row<'service_offering'>,
  bounds: Readonly<Record<string, string>>,
  details: Readonly<Record<string, string>>,
): VmSize {
  const cpu = value(
    offering,
    'cpuNumber',
    offering.cpu,
    details,
    bound(bounds, 'mincpunumber'),
    bound(bounds, 'maxcpunumber'),
  )
  const speed = value(offering, 'cpuSpeed', offering.speed, details, undefined, undefined)
  const ramSize = value(
    offering,
    'memory',
    offering.ram_size,
    details,
    bound(bounds, 'minmemory'),
    bound(bounds, 'maxmemory'),
  )
  return { cpu, speed, ramSize }
}

function value(
  offering: Row<'service_offering'>,
  name: string,
  fixed: number | null,
  details: Readonly<Record<string, string>>,
  min: number | undefined,
  max: number | undefined,
): number {
  const given = details[name]
  if (fixed !== null && fixed > 0) {
    if (given === undefined || Number(given) === fixed) return fixed
    throw virtualMachineFailure(
      'virtual-machine.offering',
      `Service offering ${offering.name} fixes ${name} at ${fixed}; ${given} was asked`,
      { seen: given, fix: 'Leave it out, or use a customized offering.' },
    )
  }
  const asked = Number(given)
  if (given === undefined || !Number.isInteger(asked) || asked < 1) {
    throw virtualMachineFailure(
      'virtual-machine.offering',
      `Service offering ${offering.name} leaves ${name} open: details[0].${name} must be a whole number above 0`,
      { seen: given ?? 'absent', fix: `Send details[0].${name}.` },
    )
  }
  if ((min !== undefined && asked < min) || (max !== undefined && asked > max)) {
    throw virtualMachineFailure(
      'virtual-machine.offering',
      `${name} ${asked} is outside of what service offering ${offering.name} allows (${min ?? 1} to ${max ?? 'any'})`,
      { seen: given, fix: 'Choose a value within the bounds.' },
    )
  }
  return asked
}

function bound(bounds: Readonly<Record<string, string>>, name: string): number | undefined {
  const text = bounds[name]
  return text === undefined || text === '' ? undefined : Number(text)
}
