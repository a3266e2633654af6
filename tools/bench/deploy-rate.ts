import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { mariadbMissing, startMariadb, type TestMariadb } from '@altostack/testkit'
import mysql from 'mysql2/promise'
import type { BenchOptions, Found, Row } from './bench.ts'
import {
  addBenchCluster,
  createBenchNetwork,
  createBenchZone,
  hostsUp,
  makeTokens,
  registerBenchTemplate,
} from './bench-zone.ts'
import { type ManagementServer, startManagementServer } from './management-server.ts'
import { percentile, significant } from './percentile.ts'
import { processorMs, residentMb } from './process-cost.ts'
import { startSimulatorProcess } from './simulator-process.ts'

const aims = { sqlite: 60, mariadb: 25 } as const
const names = { sqlite: 'SQLite (WAL, synchronous FULL)', mariadb: 'MariaDB (flush at each commit)' } as const

/**
 * deployVirtualMachine through HTTP until the job has ended, on simulated hosts that joined over TLS; server, hosts,
 * database and the callers are processes of one machine.
 */
export async function measureDeploys(kind: 'sqlite' | 'mariadb', { quick }: BenchOptions): Promise<Found> {
  const title = `Deploys on ${names[kind]}`
  const skipped =
    (kind === 'mariadb' ? mariadbMissing() : undefined) ??
    (spawnSync('qemu-img', ['--version']).error ? 'no qemu-img here: install qemu-utils' : undefined)
  if (skipped !== undefined) return { title, rows: [], skipped }
  const mariadb = kind === 'mariadb' ? await startMariadb({ durable: true }) : undefined
  try {
    const server = await startManagementServer(mariadb ? { database: mariadb.url } : {})
    try {
      return { title, ...(await measure(kind, server, mariadb, quick)) }
    } finally {
      await server.stop()
    }
  } finally {
    await mariadb?.stop()
  }
}

async function measure(
  kind: 'sqlite' | 'mariadb',
  server: ManagementServer,
  mariadb: TestMariadb | undefined,
  quick: boolean,
): Promise<Pick<Found, 'rows' | 'notes'>> {
  const { client } = server
  const [clusters, hostsEach, deploys, atOnce] = quick ? [1, 2, 10, 4] : [4, 25, 1000, 48]
  const zone = await createBenchZone(client)
  const tokens: string[] = []
  for (let index = 1; index <= clusters; index++) {
    const cluster = await addBenchCluster(client, zone, `cluster${index}`, 'Simulator')
    tokens.push(...(await makeTokens(client, cluster, hostsEach)))
  }
  const simulator = startSimulatorProcess(server, tokens)
  try {
    await hostsUp(client, tokens.length, 120_000)
    const found = await client.list('listClusters', { zoneid: zone.zone })
    for (const cluster of found.items) {
      await client.get('createStoragePool', {
        zoneid: zone.zone,
        podid: zone.pod,
        clusterid: String(cluster.id),
        name: `primary-${cluster.name}`,
        url: `SharedMountPoint://localhost/primary/${cluster.name}`,
      })
    }
    const network = await createBenchNetwork(client, zone)
    const offering = await client.get('createServiceOffering', {
      name: 'Small',
      displaytext: 'Small',
      cpunumber: 1,
      cpuspeed: 500,
      memory: 256,
    })
    const template = await registerBenchTemplate(client)
    const deploy = async (): Promise<number> => {
      const began = performance.now()
      const { jobid } = await client.start('deployVirtualMachine', {
        zoneid: zone.zone,
        serviceofferingid: String(offering.id),
        templateid: template,
        networkids: [network],
      })
      await client.wait(jobid, { timeoutMs: 120_000 })
      return performance.now() - began
    }
    // The template reaches the pools, and the code its shape.
    await many(quick ? 2 : 100, quick ? 1 : 8, deploy)
    const before = { commits: await committed(mariadb), cpu: processorMs(server.pid()) }
    const began = performance.now()
    const times = await many(deploys, atOnce, deploy)
    const seconds = (performance.now() - began) / 1000
    const cpu = (processorMs(server.pid()) - before.cpu) / deploys
    const commits = ((await committed(mariadb)) - before.commits) / deploys
    const memory = residentMb(server.pid())
    await server.process.kill('SIGKILL')
    const saves = await savesPerDeploy(server, mariadb)
    const rows: Row[] = [
      {
        what: 'deploys',
        value: significant(deploys / seconds),
        unit: 'a second',
        aim: { least: aims[kind] },
        detail: `${deploys} deploys, ${atOnce} at once, ${tokens.length} hosts; from request to the job's end p50 ${percentile(times, 0.5)} ms, p99 ${percentile(times, 0.99)} ms`,
      },
      {
        what: 'processor time of the server',
        value: significant(cpu),
        unit: 'ms a deploy',
        detail: `one core alone could do ${significant(1000 / cpu)} a second`,
      },
      { what: "commits of a deploy's run", value: significant(saves), unit: '', detail: 'counted in its own row' },
    ]
    if (mariadb) {
      rows.push({
        what: 'commits that the database counted',
        value: significant(commits),
        unit: 'a deploy',
        detail: 'Com_commit: everything that the server does meanwhile',
      })
    }
    rows.push({ what: 'memory of the server after it', value: memory, unit: 'MB', detail: `${tokens.length} agents` })
    return { rows }
  } finally {
    await simulator.stop()
  }
}

async function many(count: number, atOnce: number, act: () => Promise<number>): Promise<number[]> {
  const times: number[] = []
  let left = count
  const work = async (): Promise<void> => {
    while (left-- > 0) times.push(await act())
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return times
}

async function committed(mariadb: TestMariadb | undefined): Promise<number> {
  if (!mariadb) return 0
  const connection = await mysql.createConnection(mariadb.url)
  const [rows] = await connection.query("show global status like 'Com_commit'")
  await connection.end()
  return Number((rows as mysql.RowDataPacket[])[0]?.Value)
}

async function savesPerDeploy(server: ManagementServer, mariadb: TestMariadb | undefined): Promise<number> {
  const question = "select avg(saves) as saves from workflow_run where name = 'vm.start'"
  if (mariadb) {
    const connection = await mysql.createConnection(mariadb.url)
    const [rows] = await connection.query(question)
    await connection.end()
    return Number((rows as mysql.RowDataPacket[])[0]?.saves)
  }
  const db = new DatabaseSync(join(server.process.dataDir, 'cloud.db'))
  try {
    return Number(db.prepare(question).get()?.saves)
  } finally {
    db.close()
  }
}
