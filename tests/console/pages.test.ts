import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { BrowserContext, CDPSession } from 'playwright-core'
import {
  type ConsoleBrowser,
  fillLogin,
  logIn,
  openPage,
  type PageWithErrors,
  pictureDirectory,
  startBrowser,
} from './browser.ts'
import { type ConsoleZone, startConsoleZone } from './console-zone.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = pictureDirectory()
let zone: ConsoleZone
let chromium: ConsoleBrowser
/** Address after `#` and name of every page, detail pages and wizards among them. */
let pages: readonly { readonly at: string; readonly name: string }[] = []
before(async () => {
  const guests = ['web-1', 'web-2', 'db-1', 'cache-1', 'build-7', 'mail-1']
  ;[zone, chromium] = await Promise.all([startConsoleZone({ hosts: 6, guests }), startBrowser()])
  const { client } = zone
  const vm = (await client.list('listVirtualMachines', { name: 'cache-1' })).items[0]
  await client.run('stopVirtualMachine', { id: String(vm?.id) })
  const host = (await client.list('listHosts', { type: 'Routing' })).items[0]
  const cluster = (await client.list('listClusters')).items[0]
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  await logIn(page, zone.url, zone.adminPassword)
  const listed = await page
    .locator('nav .item')
    .evaluateAll((links) =>
      links.map((link) => (link as unknown as { getAttribute(name: string): string }).getAttribute('href').slice(1)),
    )
  await context.close()
  pages = [
    ...listed.map((at) => ({ at, name: at.slice(1) })),
    { at: `/virtual-machines/${vm?.id}`, name: 'virtual-machine' },
    { at: `/hosts/${host?.id}`, name: 'host' },
    { at: `/clusters/${cluster?.id}`, name: 'cluster' },
    { at: '/deploy', name: 'deploy' },
    { at: '/add/cluster', name: 'add-cluster' },
    { at: '/add/hosts', name: 'add-hosts' },
    { at: '/add/storage', name: 'add-storage' },
  ]
  assert.ok(pages.length > 30)
})
after(async () => {
  await chromium?.stop()
  await zone?.stop()
})

async function visit(page: PageWithErrors, at: string): Promise<void> {
  await page.evaluate((hash) => {
    ;(globalThis as unknown as { location: { hash: string } }).location.hash = hash
  }, at)
  // The page before has a heading too.
  await page
    .locator(`#content[data-path="${at.split('?')[0]}"] h1`)
    .first()
    .waitFor()
  await quiet(page)
}

/** Nothing on the page waits for the server any more. */
async function quiet(page: PageWithErrors): Promise<void> {
  for (const busy of ['.n-spin-body', '.n-base-loading__container', '.row .waiting', '[aria-busy=true]'])
    await page.locator(busy).first().waitFor({ state: 'detached' })
  await page.waitForTimeout(40)
}

type Finding = {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/**
 * What axe finds that is serious or critical, in the whole page or in the part of it that differs from the page before.
 * By the debugger's door: the page's policy lets no foreign script in.
 */
async function seriousFindings(
  debug: CDPSession,
  only: { readonly part?: string; readonly rules?: readonly string[] } = {},
): Promise<readonly string[]> {
  const options = { resultTypes: ['violations'], preload: false, ...(only.rules ? { runOnly: only.rules } : {}) }
  const part = only.part === undefined ? 'document' : JSON.stringify(only.part)
  const { result } = await debug.send('Runtime.evaluate', {
    expression: `axe.run(${part}, ${JSON.stringify(options)}).then(({ violations }) => JSON.stringify(violations))`,
    awaitPromise: true,
    returnByValue: true,
  })
  return (JSON.parse(String(result.value)) as Finding[])
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)} ${nodes[0]?.failureSummary.slice(0, 200)}`)
}

/** The pages differ by their content; the shell around it is judged on some of them. */
const judgedWhole = new Set(['overview', 'virtual-machines', 'tasks'])
/** On a phone the pages differ by their shell and by the kind of page: one of each kind is judged. */
const judgedOnPhones = new Set([
  'overview',
  'virtual-machines',
  'virtual-machine',
  'host',
  'infrastructure',
  'tasks',
  'deploy',
  'add-hosts',
])
const desk = { width: 1360, height: 850 }
const phone = { width: 390, height: 844 }

/** A picture by the debugger, which does not wait for two frames and packs it fast. */
async function picture(debug: CDPSession, name: string): Promise<void> {
  const { data } = await debug.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true })
  writeFileSync(join(pictures, `${name}.png`), Buffer.from(data, 'base64'))
}

type Only = NonNullable<Parameters<typeof seriousFindings>[1]>
/** A page of a browser in one theme, with what was found on it. */
async function openTheme(dark: boolean) {
  const context = await chromium.context({ dark })
  const page = await openPage(context, zone.url)
  const debug = await context.newCDPSession(page)
  const found: string[] = []
  const judge = async (name: string, as: string, only: Only): Promise<void> => {
    for (const finding of await seriousFindings(debug, only)) found.push(`${name}, ${as}: ${finding}`)
  }
  await page.goto(zone.url)
  await page.locator('#username').waitFor()
  await debug.send('Runtime.evaluate', { expression: axeSource })
  return { context, page, debug, found, judge }
}
type Theme = Awaited<ReturnType<typeof openTheme>>
const partOf = (name: string): Only => (judgedWhole.has(name) || name === 'login' ? {} : { part: '#content' })

/** Wide, then narrow: what the width changes is layout, not content, so that a page is opened once for both. */
async function inLight({ page, debug, found, judge }: Theme, name: string): Promise<void> {
  await picture(debug, `${name}-light`)
  await judge(name, 'light', partOf(name))
  await page.setViewportSize(phone)
  if (name !== 'login') await quiet(page)
  await picture(debug, `${name}-phone`)
  if (judgedOnPhones.has(name)) await judge(name, 'phone', {})
  if (await page.evaluate('document.documentElement.scrollWidth > innerWidth + 1'))
    found.push(`${name} is wider than a phone`)
  await page.setViewportSize(desk)
}

/** What differs in the dark is colour. */
async function inTheDark({ debug, judge }: Theme, name: string): Promise<void> {
  await picture(debug, `${name}-dark`)
  await judge(name, 'dark', { ...partOf(name), rules: ['color-contrast'] })
}

test('every page in light, dark and on a phone: a picture, no complaint, no serious finding of axe', async (t) => {
  const began = performance.now()
  // Side by side: each waits for its page most of the time.
  await Promise.all(
    [false, true].map(async (dark) => {
      const theme = await openTheme(dark)
      const { page, found } = theme
      const look = dark ? inTheDark : inLight
      await look(theme, 'login')
      await fillLogin(page, zone.adminPassword)
      for (const { at, name } of pages) {
        await visit(page, at)
        await look(theme, name)
      }
      assert.deepEqual(found, [])
      assert.deepEqual(page.complaints, [])
      await theme.context.close()
    }),
  )
  t.diagnostic(`${pages.length} pages, ${Math.round((performance.now() - began) / pages.length)} ms each`)
})

test('nothing of ours stands outside the translations', async () => {
  const context = await chromium.context({ locale: 'pseudo' })
  const page = await openPage(context, zone.url)
  await logIn(page, zone.url, zone.adminPassword)
  for (const at of ['/overview', '/infrastructure', '/tasks', '/add/hosts', '/virtual-machines', '/settings']) {
    await visit(page, at)
    const texts = await page
      .locator('h1, h2, button, nav .label, [role=columnheader], th[scope=col], label')
      .evaluateAll((elements) =>
        elements
          .map((element) => (element as unknown as { innerText: string }).innerText.trim())
          .filter((text) => text !== ''),
      )
    // Names of objects are data; a state is the server's word.
    const data = /^(?:sim\d.*|cluster\d|zone1|pod1|admin|primary1|Ctrl K|\d+|[\w-]+\s*Up|Up|CPU)$/s
    const plain = texts.filter((text) => !text.includes('⟦') && !data.test(text))
    assert.deepEqual(plain, [], at)
  }
  await context.close()
})

const corpus = [
  '<img src=x onerror="window.__xss=1">',
  '"><svg onload=window.__xss=1>',
  "';window.__xss=1;//",
  '<script>window.__xss=1</script>',
  '{{constructor.constructor("window.__xss=1")()}}',
  'javascript:window.__xss=1',
]

test('hostile names are shown as they are and do nothing', async () => {
  const { client } = zone
  const tried = async (call: () => Promise<unknown>): Promise<boolean> =>
    call().then(
      () => true,
      () => false,
    )
  let taken = 0
  const cluster = (await client.list('listClusters')).items[0]
  const vm = (await client.list('listVirtualMachines', { name: 'cache-1' })).items[0]
  const host = (await client.list('listHosts', { type: 'Routing' })).items[0]
  for (const [index, text] of corpus.entries()) {
    const names = [
      () => client.get('createRole', { name: `${text}${index}`, type: 'User', description: text }),
      () =>
        client.get('createServiceOffering', {
          name: text,
          displaytext: text,
          cpunumber: 1,
          cpuspeed: 100,
          memory: 128,
        }),
      () => client.get('createJoinToken', { clusterid: String(cluster?.id), description: text }),
      () =>
        client.get('createAccount', {
          username: `hostile${index}`,
          password: 'a-long-password',
          email: `${text}@example.org`,
          firstname: text,
          lastname: text,
          accounttype: 0,
        }),
      () => client.get('updateVirtualMachine', { id: String(vm?.id), displayname: text }),
      () => client.get('updateVirtualMachine', { id: String(vm?.id), group: text }),
      () => client.get('updateHost', { id: String(host?.id), annotation: text }),
    ]
    for (const name of names) if (await tried(name)) taken++
  }
  assert.ok(taken > 20, `${taken} hostile names were taken`)
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  page.on('dialog', (dialog) => {
    page.complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await logIn(page, zone.url, zone.adminPassword)
  for (const at of [
    '/roles',
    '/service-offerings',
    '/join-tokens',
    '/accounts',
    '/users',
    '/virtual-machines',
    '/hosts',
    '/events',
    '/overview',
    '/infrastructure',
    `/virtual-machines/${vm?.id}`,
    `/hosts/${host?.id}`,
    '/deploy',
  ]) {
    await visit(page, at)
    assert.equal(await page.evaluate('window.__xss'), undefined, at)
  }
  await page.goto(`${zone.url}/#/roles`)
  await page.getByText(corpus[0]!).first().waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('onerror')
  await page.getByRole('option').filter({ hasText: 'onerror' }).first().waitFor()
  await page.goto(`${zone.url}/#/virtual-machines?keyword=${encodeURIComponent(corpus[1]!)}`)
  await quiet(page)
  assert.equal(await page.evaluate('window.__xss'), undefined)
  assert.deepEqual(page.complaints, [])
  await context.close()
})

test("a tenant sees no operator's page and no other tenant's object", async () => {
  await zone.client.get('createAccount', {
    username: 'tenant',
    password: 'tenant-password',
    email: 'tenant@example.org',
    firstname: 'Te',
    lastname: 'Nant',
    accounttype: 0,
  })
  const context: BrowserContext = await chromium.context()
  const page = await openPage(context, zone.url)
  await logIn(page, zone.url, 'tenant-password', 'tenant')
  const labels = await page.locator('nav .item .label').allTextContents()
  for (const label of ['Hosts', 'Clusters', 'Pods', 'Primary storage', 'Settings', 'Infrastructure map', 'Alerts'])
    assert.ok(!labels.includes(label), label)
  assert.ok(labels.includes('Virtual machines'))
  await visit(page, '/virtual-machines')
  await page.getByText('There are no virtual machines yet.').waitFor()
  const vm = (await zone.client.list('listVirtualMachines', { name: 'web-1' })).items[0]
  await page.goto(`${zone.url}/#/virtual-machines/${vm?.id}`)
  await page
    .getByText(/There is no virtual machine with this id|does not exist|permission/)
    .first()
    .waitFor()
  for (const at of ['/hosts', '/settings', '/add/cluster']) {
    await page.goto(`${zone.url}/#${at}`)
    await page
      .locator('#content')
      .getByText(/There is no|Add infrastructure/)
      .first()
      .waitFor()
    assert.equal(await page.getByText('sim1').count(), 0)
  }
  assert.deepEqual(page.complaints, [])
  await context.close()
})
