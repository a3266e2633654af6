import { existsSync } from 'node:fs'
import type { HostFacts } from '@altostack/agent-api'
import { errorText, type Runtime } from '@altostack/core'
import type { Settings } from '../properties/settings.ts'
import { trialStart } from './trial.ts'

/** How guests run here, proven once a process. */
export type Acceleration = () => Promise<HostFacts['acceleration']>

/** The device's existence proves nothing: a guest is really started. Rerun by a new process only. */
export function openAcceleration(settings: Settings, runtime: Runtime, directory: string): Acceleration {
  let proof: Promise<HostFacts['acceleration']> | undefined
  return () => {
    proof ??= prove(settings, runtime, directory)
    return proof
  }
}

async function prove(settings: Settings, runtime: Runtime, directory: string): Promise<HostFacts['acceleration']> {
  if (settings.get('alto.acceleration') === 'tcg') {
    return { kind: 'tcg', reason: 'alto.acceleration=tcg in agent.properties' }
  }
  if (!existsSync('/dev/kvm')) return { kind: 'tcg', reason: '/dev/kvm does not exist' }
  try {
    const seen = await trialStart(runtime, directory)
    return seen === undefined
      ? { kind: 'kvm', reason: 'a trial guest ran under /dev/kvm' }
      : { kind: 'tcg', reason: `/dev/kvm is there, but a trial guest did not run: ${seen}` }
  } catch (error) {
    return { kind: 'tcg', reason: `/dev/kvm could not be tried: ${errorText(error)}` }
  }
}
