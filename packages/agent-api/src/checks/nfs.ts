import { nfsPools } from './check-subject.ts'
import { complaint, defineCheck, fail, linesOf, ok, shell, type Verdict, warn, worst } from './define-check.ts'

const servers = (subject: Parameters<typeof nfsPools>[0]): string[] => [
  ...new Set(nfsPools(subject).map(({ server }) => server)),
]

const portScript = [
  'for one in "$@"; do (',
  `out=$(timeout \${ALTO_WAIT:-3} bash -c 'exec 3<>"/dev/tcp/$0/2049"' "$one" 2>&1); code=$?`,
  'echo "$one $code $out" | head -n 1',
  ') & done; wait',
].join('\n')

export const nfsPortCheck = defineCheck({
  name: 'nfs-port',
  proves: 'The NFS servers answer on TCP 2049.',
  code: 'check.nfs-port',
  at: ['doctor'],
  seenBy: 'host',
  timeoutMs: 4500,
  args: (subject) => {
    const all = servers(subject)
    return all.length === 0 ? undefined : ['bash', '-c', portScript, 'probe', ...all]
  },
  judge(end, subject) {
    const lines = linesOf(end).map((line) => line.split(' '))
    return worst(
      servers(subject).map((server): Verdict => {
        const [, code = '124', ...said] = lines.find(([name]) => name === server) ?? []
        if (code === '0') return ok(`${server}:2049 answers`)
        return fail(`${server}:2049 ${code === '124' ? 'does not answer within 3 s' : said.join(' ')}`)
      }),
      'no NFS pool',
    )
  },
})

const rpcScript =
  'for one in "$@"; do ( timeout ${ALTO_WAIT:-3} rpcinfo -p "$one" 2>&1 | sed "s/^/$one /"; ) & done; wait'

export const nfsRpcCheck = defineCheck({
  name: 'nfs-rpc',
  proves: 'rpcinfo finds program nfs (100003) at the NFS servers.',
  code: 'check.nfs-rpc',
  at: ['doctor'],
  seenBy: 'host',
  timeoutMs: 4500,
  args: (subject) => {
    const all = servers(subject)
    return all.length === 0 ? undefined : shell(rpcScript, ...all)
  },
  judge(end, subject) {
    const lines = linesOf(end)
    return worst(
      servers(subject).map((server): Verdict => {
        const own = lines.filter((line) => line.startsWith(`${server} `)).map((line) => line.slice(server.length + 1))
        const versions = own.flatMap((line) => (/^\s*100003\s+(\d)/.exec(line) ?? []).slice(1))
        if (versions.length > 0) return ok(`${server}: nfs version ${[...new Set(versions)].toSorted().join(', ')}`)
        const said =
          own.find((line) => line.trim() !== '' && !/program vers/.test(line))?.trim() ?? 'no answer within 3 s'
        // NFS 4 needs neither portmapper nor mountd.
        return warn(`${server}: ${said}; NFS 4 works without, NFS 3 does not`)
      }),
      'no NFS pool',
    )
  },
})

const exportScript =
  'for one in "$@"; do ( timeout ${ALTO_WAIT:-3} showmount --no-headers -e "$one" 2>&1 | sed "s/^/$one /" ) & done; wait'

export const nfsExportCheck = defineCheck({
  name: 'nfs-export',
  proves: 'The NFS servers export the paths of the pools.',
  code: 'check.nfs-export',
  at: ['doctor'],
  seenBy: 'host',
  timeoutMs: 4500,
  args: (subject) => {
    const all = servers(subject)
    return all.length === 0 ? undefined : shell(exportScript, ...all)
  },
  judge(end, subject) {
    const lines = linesOf(end)
    return worst(
      nfsPools(subject).map((pool): Verdict => {
        const own = lines
          .filter((line) => line.startsWith(`${pool.server} `))
          .map((line) => line.slice(pool.server.length + 1))
        const paths = own.filter((line) => line.startsWith('/')).map((line) => line.split(/\s+/)[0] ?? '')
        const where = `${pool.server}:${pool.export}`
        if (paths.some((path) => path === pool.export || pool.export.startsWith(`${path}/`) || path === '/'))
          return ok(`${where} is exported`)
        if (paths.length > 0) return fail(`${where} is not exported; ${pool.server} exports ${paths.join(', ')}`)
        return warn(
          `${where}: showmount says ${own[0]?.trim() ?? 'nothing within 3 s'}`,
          'A server of NFS 4 alone tells no exports; else look at mountd and at exportfs -v there.',
        )
      }),
      'no NFS pool',
    )
  },
})

/** Seconds since boot, then what the kernel said of NFS and RPC. */
const kernelScript = 'cut -d. -f1 /proc/uptime; dmesg 2>&1 | grep -aiE "nfs|rpc" | tail -n 40; true'
const recentSeconds = 3600

export const kernelRpcCheck = defineCheck({
  name: 'kernel-rpc',
  proves: "The kernel's log tells no trouble of NFS or RPC in the last hour.",
  code: 'check.kernel-rpc',
  at: ['doctor'],
  seenBy: 'host',
  args: (subject) => (nfsPools(subject).length === 0 ? undefined : shell(kernelScript)),
  judge(end) {
    const [uptime = '', ...lines] = linesOf(end)
    if (lines.some((line) => /^dmesg: .*(permitted|denied)/i.test(line)))
      return warn(complaint(end), 'Read dmesg as root.')
    return judgeKernelLog(Number(uptime), lines)
  },
})

/** Judges lines of dmesg about NFS: what was answered again afterwards is past. */
export function judgeKernelLog(uptime: number, lines: readonly string[]): Verdict {
  const recent = lines.filter((line) => {
    const at = Number(/^\[\s*(\d+)\.\d+\]/.exec(line)?.[1] ?? uptime)
    return uptime - at <= recentSeconds
  })
  const silent = new Map<string, string>()
  let other: string | undefined
  for (const line of recent) {
    const server = /nfs: server (\S+?),? (not responding|OK)/i.exec(line)
    if (server?.[2]?.toUpperCase() === 'OK') silent.delete(server[1] as string)
    else if (server !== null) silent.set(server[1] as string, line)
    else if (/\b(error|timed? ?out|failed|denied|rejected|lost|stale)\b/i.test(line)) other = line
  }
  const [hanging] = silent.values()
  if (hanging !== undefined) return fail(hanging.trim())
  return other === undefined ? ok('no trouble of NFS or RPC in the last hour') : warn(other.trim())
}
