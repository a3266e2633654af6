import { readingMethod } from '../host-method.ts'

/** Simulated guests have no CPU: the first one stands for all. */
export const hostCommonCpu = readingMethod('host.common-cpu', (_context, { cpus }) => ({ cpuXml: cpus[0] ?? '' }))
