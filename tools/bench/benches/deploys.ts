import type { Bench } from '../bench.ts'
import { measureDeploys } from '../deploy-rate.ts'

export const bench: Bench = (options) => measureDeploys('sqlite', options)
