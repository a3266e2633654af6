import type { CheckResult } from '@altostack/agent-api'
import { parseCpuInfo, readText } from '../facts/machine.ts'
import { type Check, failed, passed } from './check.ts'

/** Judges the text of /proc/cpuinfo: also for a host that has no agent yet. */
export function judgeVirtualisation(cpuinfo: string): CheckResult {
  const { virtualisationFlag, model } = parseCpuInfo(cpuinfo)
  if (virtualisationFlag) return passed('virtualisation', `${model}: vmx or svm in /proc/cpuinfo`)
  return failed('virtualisation', 'warn', `${model}: neither vmx nor svm in /proc/cpuinfo`)
}

export const virtualisationCheck: Check = {
  name: 'virtualisation',
  run: async () => judgeVirtualisation(readText('/proc/cpuinfo') ?? ''),
}
