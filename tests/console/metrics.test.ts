import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { systemRuntime } from '@altostack/core'
import { pino } from 'pino'
import { encodeBlock } from '../../packages/server/src/stats/block-codec.ts'
import {
  openStatFile,
  type Sample,
  type SeriesKind,
  sampleOf,
  slotOf,
  stepOf,
} from '../../packages/server/src/stats/index.ts'
import { type StatBlock, writeBlocks } from '../../packages/server/src/stats/stat-block.repository.ts'
import { type ConsoleBrowser, logIn, openPage, type PageWithErrors, pictureDirectory, startBrowser } from './browser.ts'
import { type ConsoleZone, startConsoleZone } from './console-zone.ts'

// Charts on figures that simulated hosts report: each kind of page, light, dark and on a phone, and what they say.
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = pictureDirectory()
type ListName = 'listVirtualMachines' | 'listHosts' | 'listClusters' | 'listStoragePools'
let zone: ConsoleZone
let chromium: ConsoleBrowser
let pages: readonly { readonly name: string; readonly at: string }[] = []

before(async () => {
  const settings = { 'host.stats.interval': '500', 'vm.stats.interval': '500' }
  ;[zone, chromium] = await Promise.all([
    startConsoleZone({ hosts: 2, guests: ['web-1', 'web-2'], settings }),
    startBrowser(),
  ])
  const { client } = zone
  const first = async (command: ListName, params = {}): Promise<string> =>
    String(((await client.list(command, params)).items[0] as { readonly id?: unknown } | undefined)?.id)
  pages = [
    { name: 'vm', at: `/virtual-machines/${await first('listVirtualMachines', { name: 'web-1' })}` },
    { name: 'host', at: `/hosts/${await first('listHosts', { type: 'Routing' })}` },
    { name: 'cluster', at: `/clusters/${await first('listClusters', { name: 'cluster1' })}` },
    { name: 'pool', at: `/storage-pools/${await first('listStoragePools', { name: 'primary1' })}` },
  ]
})
after(async () => {
  await chromium?.stop()
  await zone?.stop()
})

async function showMetrics(page: PageWithErrors, at: string): Promise<void> {
  page.setDefaultTimeout(40_000)
  await page.evaluate((hash) => {
    ;(globalThis as unknown as { location: { hash: string } }).location.hash = hash
  }, at)
  await page.getByRole('tab', { name: 'Metrics' }).click()
  await page.locator('.metrics').waitFor()
}
/** Waits until there is something to show. */
async function figuresOf(params: Readonly<Record<string, string>>): Promise<number> {
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    const { items } = await zone.client.list('listStatsHistory', params)
    const stats = (items[0]?.stats ?? []) as unknown[]
    if (stats.length > 0) return stats.length
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error(`no figures of ${JSON.stringify(params)}`)
}
async function findings(page: PageWithErrors): Promise<string[]> {
  await page.evaluate(axeSource)
  const { violations } = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa'] })",
  )) as { violations: { id: string; impact: string; nodes: { html: string }[] }[] }
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
}

test('without figures the page says so, and a failure says what happened and can be tried again', async () => {
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  await logIn(page, zone.url, zone.adminPassword)
  const [vm = { at: '' }] = pages
  await page.route('**/client/api*', async (route) => {
    const text = `${route.request().url()} ${route.request().postData() ?? ''}`
    if (text.includes('listStatsHistory')) await route.abort()
    else await route.continue()
  })
  await showMetrics(page, vm.at)
  await page.locator('.metrics [role=alert]').waitFor()
  await page.screenshot({ path: join(pictures, 'metrics-failure.png') })
  await page.unroute('**/client/api*')
  await page.locator('.metrics [role=alert]').getByRole('button').click()
  await page.locator('.metrics .empty, .metrics .chart').first().waitFor()
  await page.screenshot({ path: join(pictures, 'metrics-empty.png') })
  await context.close()
})

/** A week of the past of everything, as this server would have kept it: a cluster and a pool that fill. */
async function remember(): Promise<void> {
  const runtime = systemRuntime()
  const path = join(zone.server.directory, 'server', 'metrics.db')
  const file = await openStatFile(path, runtime, pino({ level: 'silent' }))
  const now = runtime.now()
  for (const { tier, from } of [
    { tier: 2, from: now - 7 * 86_400_000 } as const,
    { tier: 1, from: now - 86_400_000 } as const,
  ]) {
    const blocks: StatBlock[] = []
    for (let slot = slotOf(tier, from); slot + stepOf(tier) < now; slot += stepOf(tier)) {
      for (const [kind, sample] of Object.entries(pastAt((slot - now) / 3_600_000)) as [SeriesKind, Sample][]) {
        const data = encodeBlock(kind, new Map([1, 2, 3].map((id) => [id, sample])))
        blocks.push({ tier, slot, kind, shard: 0, writer: 0, data })
      }
    }
    await writeBlocks({ db: file.db, runtime }, blocks)
  }
  await file.close()
}

function pastAt(hours: number): Readonly<Record<SeriesKind, Sample>> {
  const gib = 1024 ** 3
  const busy = 0.5 + 0.3 * Math.sin((hours / 12) * Math.PI) + 0.08 * Math.sin(hours * 7)
  const flow = { netRx: busy * 9e6, netTx: busy * 5e6, diskRead: busy * 3e6, diskWrite: busy * 8e6 }
  const used = {
    cpu: busy * 60,
    memory: (20 + busy * 8) * gib,
    ...flow,
    diskReadOps: busy * 80,
    diskWriteOps: busy * 210,
  }
  const full = 0.62 + hours / 2400
  const place = {
    ...used,
    cpuAllocated: 128_000,
    cpuTotal: 320_000,
    memoryAllocated: 512 * gib * full,
    memoryTotal: 512 * gib,
    storageUsed: 3e12 * full,
    storageAllocated: 16.6e12,
    storageTotal: 20e12,
  }
  return {
    vm: sampleOf('vm', { ...used, memory: busy * gib }),
    host: sampleOf('host', { ...used, load: busy * 12 }),
    volume: sampleOf('volume', flow),
    cluster: sampleOf('cluster', place),
    zone: sampleOf('zone', place),
    pool: sampleOf('pool', { used: 3e12 * full, allocated: 16.6e12, total: 10e12, effective: 20e12 }),
  }
}

test('machine, host, cluster and pool show charts in light, dark and on a phone; ranges change the step', async (t) => {
  for (const { name, at } of pages.slice(0, 2)) {
    const by = name === 'vm' ? 'virtualmachineid' : 'hostid'
    t.diagnostic(`${name}: ${await figuresOf({ [by]: at.split('/').at(-1) ?? '' })} slots`)
  }
  await remember()
  for (const look of [{}, { dark: true }, { phone: true }]) {
    const context = await chromium.context(look)
    const page = await openPage(context, zone.url)
    await logIn(page, zone.url, zone.adminPassword)
    const label = 'dark' in look ? 'dark' : 'phone' in look ? 'phone' : 'light'
    for (const { name, at } of pages) {
      await showMetrics(page, at)
      await page.getByRole('button', { name: 'Day' }).click()
      await page.locator('.chart canvas').first().waitFor()
      await page.locator('.metrics[aria-busy=false]').waitFor()
      await page.screenshot({ path: join(pictures, `metrics-${name}-${label}.png`) })
      assert.deepEqual(await findings(page), [], `${name} ${label}`)
      const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      assert.ok(Number(wide) <= 0, `${name} ${label} is ${wide} px too wide`)
    }
    await page.goto(`${zone.url}/#/overview`)
    await page.getByRole('button', { name: 'Day' }).click()
    await page.locator('.chart canvas').first().waitFor()
    await page.screenshot({ path: join(pictures, `metrics-overview-${label}.png`), fullPage: true })
    assert.deepEqual(await findings(page), [], `overview ${label}`)
    assert.deepEqual(page.complaints, [])
    await context.close()
  }
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  await logIn(page, zone.url, zone.adminPassword)
  const [vm = { at: '' }, , cluster = { at: '' }] = pages
  await showMetrics(page, vm.at)
  const cpu = page.locator('.chart', { has: page.getByRole('heading', { name: 'CPU', exact: true }) })
  assert.match((await cpu.getByRole('img').getAttribute('aria-label')) ?? '', /^CPU: in use [\d.]+ %$/)
  const asked = page.waitForRequest((request) => /listStatsHistory/.test(request.url() + (request.postData() ?? '')))
  await page.getByRole('button', { name: 'Week' }).click()
  const text = decodeURIComponent((await asked).url() + ((await asked).postData() ?? ''))
  const since = Date.parse(/startdate=([^&]+)/.exec(text)?.[1] ?? '')
  assert.ok(Math.abs(Date.now() - since - 7 * 86_400_000) < 60_000, text)
  assert.equal(await page.getByRole('button', { name: 'Week' }).getAttribute('aria-pressed'), 'true')
  await showMetrics(page, cluster.at)
  const trend = page.getByRole('region', { name: 'Capacity and trend' })
  await trend.getByText('Memory allocated').waitFor()
  // A percent of memory more each day.
  await trend
    .getByText(/80 % in about \d+ days/)
    .first()
    .waitFor()
  await context.close()
})
