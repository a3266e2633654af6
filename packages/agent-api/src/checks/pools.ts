import { blockPools, type CheckSubject, directoryPools } from './check-subject.ts'
import { complaint, defineCheck, fail, linesOf, ok, shell, type Verdict, worst } from './define-check.ts'

const hangs: Verdict = {
  status: 'fail',
  seen: 'looking at the pools does not come back: a storage hangs',
  code: 'pool.unreachable',
}
const paths = (subject: CheckSubject): string[] => directoryPools(subject).map(({ path }) => path)

/** For each path a line: path, kind, source, options or the marker. */
const mountScript = [
  'for path in "$@"; do (',
  'if test -d "$path"; then echo "$path dir"; else echo "$path absent"; fi',
  'findmnt -n -o FSTYPE,SOURCE,OPTIONS --target "$path" 2>/dev/null | tail -n 1 | sed "s|^|$path on |"',
  'findmnt -n --mountpoint "$path" > /dev/null 2>&1 && echo "$path mountpoint"',
  'echo "$path marker $(head -c 300 "$path/.altostack-pool" 2>/dev/null | tr -d "\\n")"',
  ') & done; wait',
].join('\n')

export const mountCheck = defineCheck({
  name: 'mount',
  proves: 'Every pool is mounted at its path and is the storage that it was.',
  code: 'pool.path',
  at: ['doctor'],
  seenBy: 'host',
  timeoutMs: 4000,
  late: hangs,
  args: (subject) => (directoryPools(subject).length === 0 ? undefined : shell(mountScript, ...paths(subject))),
  judge(end, subject) {
    const lines = linesOf(end)
    return worst(
      directoryPools(subject).map((pool): Verdict => {
        const own = lines
          .filter((line) => line.startsWith(`${pool.path} `))
          .map((line) => line.slice(pool.path.length + 1))
        const on = own.find((line) => line.startsWith('on '))?.slice(3) ?? ''
        const [type = '', source = ''] = on.split(/\s+/)
        const what = `pool ${pool.name} at ${pool.path}`
        if (own.length === 0) return { ...hangs, seen: `${what}: no answer; the storage hangs` }
        if (own.includes('absent')) return fail(`${what}: there is no such directory`)
        if (pool.server !== undefined && !own.includes('mountpoint')) {
          return fail(
            `${what} is not mounted`,
            `mount -t nfs ${pool.server}:${pool.export} ${pool.path} shows why; reconnectHost mounts it again.`,
          )
        }
        if (pool.server !== undefined && !type.startsWith('nfs'))
          return fail(`${what}: ${source} (${type}) is mounted over it`)
        const marker =
          own
            .find((line) => line.startsWith('marker'))
            ?.slice('marker'.length)
            .trim() ?? ''
        if (!marker.includes(pool.uuid)) {
          return {
            status: 'fail',
            code: 'pool.marker',
            seen: `${what} (${type} ${source}): ${marker === '' ? 'no marker of the pool: another file system lies there' : `the marker is of another pool: ${marker.slice(0, 80)}`}`,
          }
        }
        return ok(`${what}: ${type} ${source}`)
      }),
      'no pool',
    )
  },
})

/** root writes, looks whose the file is, and removes it. A squashed root owns nothing or may not write. */
const writeScript = [
  'for path in "$@"; do (',
  'file="$path/.altostack-doctor-$$-$(basename "$path")"',
  'if said=$( { : > "$file"; } 2>&1 ); then echo "$path wrote $(stat -c %u "$file")"; rm -f "$file"; else echo "$path refused $said"; fi',
  ') & done; wait',
].join('\n')

export const rootWriteCheck = defineCheck({
  name: 'root-write',
  proves: 'root can write to every pool, and is root there (no_root_squash).',
  code: 'pool.read-only',
  at: ['doctor'],
  seenBy: 'host',
  timeoutMs: 4000,
  late: hangs,
  args: (subject) => (directoryPools(subject).length === 0 ? undefined : shell(writeScript, ...paths(subject))),
  judge(end, subject) {
    const lines = linesOf(end)
    return worst(
      directoryPools(subject).map((pool): Verdict => {
        const line = lines.find((one) => one.startsWith(`${pool.path} `))?.slice(pool.path.length + 1)
        const what = `pool ${pool.name} at ${pool.path}`
        if (line === undefined) return { ...hangs, seen: `${what}: a write does not come back; the storage hangs` }
        if (line.startsWith('wrote')) {
          const owner = line.slice('wrote '.length)
          if (owner === '0') return ok(`${what}: root writes`)
          return fail(
            `${what}: a file that root writes belongs to user ${owner}: the export squashes root`,
            'Export it with no_root_squash (exportfs -ra on the NFS server), then mount it again.',
          )
        }
        const said = line.replace(/^refused .*?: /, '')
        if (/No space|quota/i.test(said)) return { status: 'fail', code: 'pool.full', seen: `${what}: ${said}` }
        if (pool.server !== undefined && /denied|permitted/i.test(said)) {
          return fail(
            `${what}: root may not write (${said}): the export squashes root, or is exported read-only`,
            'Export it with rw,no_root_squash (exportfs -ra on the NFS server), then mount it again.',
          )
        }
        return fail(
          `${what}: root cannot write: ${said}`,
          `Look at the mount (findmnt ${pool.path}) and the modes of ${pool.path}.`,
        )
      }),
      'no pool',
    )
  },
})

const groupScript = `vgs --noheadings --separator ' ' -o vg_name,vg_tags 2>&1`

export const volumeGroupCheck = defineCheck({
  name: 'volume-group',
  proves: 'The volume group of every pool on a shared disk is on the host and is the pool.',
  code: 'pool.path',
  at: ['doctor'],
  seenBy: 'host',
  timeoutMs: 4000,
  late: { ...hangs, seen: 'vgs does not come back: a disk of a pool hangs' },
  args: (subject) => (blockPools(subject).length === 0 ? undefined : shell(groupScript)),
  judge(end, subject) {
    const groups = new Map(
      linesOf(end).map((line) => {
        const [name = '', tags = ''] = line.trim().split(/\s+/)
        return [name, tags.split(',')] as const
      }),
    )
    return worst(
      blockPools(subject).map((pool): Verdict => {
        const group = pool.path.replace(/^\/dev\//, '')
        const what = `pool ${pool.name}: volume group ${group}`
        const tags = groups.get(group)
        if (tags === undefined) {
          return fail(
            `${what} is not on the host (${end.code === 0 ? 'vgs does not list it' : complaint(end)})`,
            pool.type === 'IscsiLUN'
              ? 'iscsiadm -m session -P3 shows whether the host is logged in; reconnectHost logs in again.'
              : 'Look for its disk on the host: lsblk, multipath -ll, pvs.',
          )
        }
        if (tags.includes(`alto.pool=${pool.uuid}`)) return ok(what)
        return {
          status: 'fail',
          code: 'pool.marker',
          seen: `${what} is of another pool: ${tags.join(', ') || 'no tag'}`,
        }
      }),
      'no pool on a shared disk',
    )
  },
})
