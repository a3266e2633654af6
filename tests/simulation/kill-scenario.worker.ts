import { answerInputs } from './answer-inputs.ts'
import { type Blow, blowName, planBlows, playBlow, recordCleanRun } from './kill-plan.ts'
import { type KillScenario, killScenarios } from './kill-scenarios.ts'
import { createZoneFile, type ZoneFile } from './zone-file.ts'

export type KillInput = {
  readonly scenario: string
  readonly instants: number
  readonly seed: number
  /** A scenario whose places are struck elsewhere: those that this one has in common with it, from the start, are left out. */
  readonly struck?: string
}
export type KillOutput = {
  /** Fault points of the undisturbed operation. */
  readonly points: readonly string[]
  readonly blows: number
  readonly failed: readonly string[]
  /** Blows whose place was never reached. */
  readonly missed: readonly string[]
}

let zoneFile: ZoneFile | undefined

answerInputs(strikeAll, () => zoneFile?.remove())

async function strikeAll(input: KillInput): Promise<KillOutput> {
  zoneFile ??= await createZoneFile(3, 10)
  const scenario = scenarioOf(input.scenario)
  const clean = await recordCleanRun(scenario, zoneFile)
  const struckRun = input.struck === undefined ? undefined : await recordCleanRun(scenarioOf(input.struck), zoneFile)
  const blows = planBlows(clean, input.instants, input.seed, struckRun)
  const failed: string[] = []
  const missed: string[] = []
  for (const blow of blows) {
    const { wrongs, struck, job } = await playBlow(scenario, blow, zoneFile)
    if (!struck) missed.push(blowName(blow))
    const all = job === 'failed' && mustSucceed(scenario, blow) ? [...wrongs, 'the order has failed'] : wrongs
    if (all.length > 0) failed.push(`${blowName(blow)}: ${all.join('; ')}`)
  }
  return { points: clean.points, blows: blows.length, failed, missed }
}

function scenarioOf(name: string): KillScenario {
  const scenario = killScenarios.find((one) => one.name === name)
  if (scenario === undefined) throw new Error(`no scenario ${name}`)
  return scenario
}

/** What nothing but its own way can make fail: a dead server is started again, a stop asks until the guest is gone. */
function mustSucceed({ ends, workflow }: KillScenario, blow: Blow): boolean {
  if (ends === 'failed') return false
  if (blow.kind === 'point' || workflow === 'vm.stop') return true
  // A disk that its host refuses to remove ends a destroy; the expunge thread tries again.
  const libvirtd = blow.kind === 'instant' ? blow.victim === 'libvirtd' : blow.moment.startsWith('libvirtd')
  return workflow === 'vm.destroy' && !(libvirtd && !(blow.kind === 'call' && blow.what.startsWith('vm.')))
}
