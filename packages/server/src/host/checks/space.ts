import { complaint, failed, type HostCheck, passed } from './host-check.ts'

/** The package with Node is 140 MB unpacked, beside it its archive; the rest is room for journal and logs. */
const needed: readonly (readonly [path: string, mebibytes: number])[] = [
  ['/usr', 300],
  ['/var', 300],
]

export const spaceCheck: HostCheck = {
  name: 'space',
  args: () => ['df', '-P', '-B1', ...needed.map(([path]) => path)],
  judge(end) {
    const lines = end.stdout.trim().split('\n').slice(1)
    const free = lines.map((line) => Number(line.trim().split(/\s+/)[3]))
    if (free.length !== needed.length || free.some((bytes) => !Number.isFinite(bytes))) {
      return failed('space', 'host.check-unreadable', complaint(end), 'Run `df -P -B1 /usr /var` on the host.')
    }
    const mebibytes = free.map((bytes) => Math.floor(bytes / 1024 ** 2))
    const seen = needed.map(([path], at) => `${path}: ${mebibytes[at]} MiB free`).join(', ')
    const short = needed.find(([, least], at) => (mebibytes[at] ?? 0) < least)
    return short === undefined
      ? passed('space', seen)
      : failed('space', 'check.space', seen, `Free space under ${short[0]}: ${short[1]} MiB are needed.`)
  },
}
