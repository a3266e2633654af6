import { answerInputs } from './answer-inputs.ts'
import { runSeed, type SeedResult } from './run-seed.ts'
import { createZoneFile, type ZoneFile } from './zone-file.ts'

export type SeedInput = {
  readonly seed: number
  /** The whole log comes back; without it the lines are left out. */
  readonly withLines?: boolean
}

let zoneFile: ZoneFile | undefined

async function playSeed({ seed, withLines = false }: SeedInput): Promise<SeedResult> {
  zoneFile ??= await createZoneFile(3, 40)
  const result = await runSeed(seed, { zoneFile })
  return withLines ? result : { ...result, lines: [] }
}

answerInputs(playSeed, () => zoneFile?.remove())
