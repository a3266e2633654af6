import { defineCheck, fail, ok, shell, unreadable, warn } from './define-check.ts'

const mebibyte = 1024 ** 2
/** Before joining: the package with Node is 140 MB unpacked, beside it its archive; the rest is journal and logs. */
const neededToJoin = 300 * mebibyte
const warnBytes = 1024 * mebibyte
const failBytes = 64 * mebibyte

/** A directory that will be made lies where its nearest existing parent is. */
const script = [
  'for path in "$@"; do',
  'there=$path; while ! test -e "$there"; do there=$(dirname "$there"); done',
  'echo "$path $(df -P -B1 "$there" | tail -n 1)"; done',
].join('\n')

export const spaceCheck = defineCheck({
  name: 'space',
  proves: 'The file systems of packages, logs, state and local storage have room.',
  code: 'check.space',
  at: ['join', 'doctor'],
  seenBy: 'host',
  late: { status: 'fail', seen: 'df does not come back: a file system hangs' },
  args: ({ joined, files }) =>
    joined
      ? shell(script, '/', files.stateDir, files.logDir, '/var/lib/libvirt/images')
      : shell(script, '/usr', '/var'),
  judge(end, { joined }) {
    const found = end.stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [path = '', ...rest] = line.trim().split(/\s+/)
        return { path, bytes: Number(rest[3]) }
      })
    if (found.some(({ bytes }) => !Number.isFinite(bytes))) return unreadable(end, 'Run `df -P` on the host.')
    const seen = found.map(({ path, bytes }) => `${path}: ${Math.floor(bytes / mebibyte)} MiB free`).join(', ')
    const least = found.toSorted((a, b) => a.bytes - b.bytes)[0]
    if (least === undefined) return unreadable(end, 'Run `df -P` on the host.')
    if (!joined) {
      return least.bytes >= neededToJoin
        ? ok(seen)
        : fail(seen, `Free space under ${least.path}: ${neededToJoin / mebibyte} MiB are needed.`)
    }
    const fix = `Free space under ${least.path}: journalctl --vacuum-size=100M, apt-get clean, old logs; du -xh ${least.path} | sort -h shows what is big.`
    if (least.bytes < failBytes) return fail(seen, fix)
    return least.bytes < warnBytes ? warn(seen, fix) : ok(seen)
  },
})
