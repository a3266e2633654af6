import { mulberry32 } from '../../packages/testkit/src/simulated-runtime.ts'
import { killSeed, sweepOnLab } from './lab-sweep.ts'
import { allPoints, numbered, samplePoints } from './plan.ts'

// The gate plays a sample drawn by the seed; `./alto test --full` plays all of them, in the files beside this one.
const random = mulberry32(killSeed)
const points = allPoints(random)
const sample = samplePoints(points, Number(process.env.ALTO_KILL_POINTS ?? 6), random)
await sweepOnLab('a sample of the kill sweep on the lab', numbered(points, sample), points.length)
