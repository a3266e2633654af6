import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ConsoleBrowser, logIn, openPage, startBrowser } from './browser.ts'
import { type ConsoleZone, startConsoleZone } from './console-zone.ts'

let zone: ConsoleZone
let chromium: ConsoleBrowser
before(async () => {
  ;[zone, chromium] = await Promise.all([startConsoleZone({ hosts: 2, guests: ['web-1'] }), startBrowser()])
})
after(async () => {
  await chromium?.stop()
  await zone?.stop()
})

test('a wrong password says what to do, the right one shows the pages, and both addresses serve the same', async () => {
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  const answer = await page.goto(`${zone.url}/client/`)
  assert.equal(answer?.request().redirectedFrom(), null)
  await page.fill('#username', 'admin')
  await page.fill('#password', 'wrong')
  await page.press('#password', 'Enter')
  const alert = page.getByRole('alert')
  await alert.waitFor()
  assert.match((await alert.textContent()) ?? '', /Failed to authenticate user admin.*What to do:.*api\.login/s)
  await logIn(page, zone.url, zone.adminPassword)
  const labels = await page.locator('nav .item .label').allTextContents()
  for (const label of ['Virtual machines', 'Zones', 'Hosts', 'Accounts', 'Settings'])
    assert.ok(labels.includes(label), label)
  // No command, no page.
  assert.ok(!labels.includes('Recycle bins'))
  assert.deepEqual(page.complaints, [])
  await context.close()
})

test('cookies are HttpOnly, scripts cannot read the session, and no other origin can speak in its name', async () => {
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  await logIn(page, zone.url, zone.adminPassword)
  const cookies = await context.cookies()
  assert.deepEqual(cookies.map(({ name }) => name).sort(), ['JSESSIONID', 'sessionkey'])
  for (const cookie of cookies) {
    assert.ok(cookie.httpOnly)
    assert.equal(cookie.sameSite, 'Lax')
  }
  assert.equal(await page.evaluate('document.cookie'), '')
  // With the cookies alone, as another site's form would send them, nothing is done, and the session lives on.
  const forged = await context.request.post(`${zone.url}/client/api`, {
    form: { command: 'updateConfiguration', name: 'host', value: 'x', response: 'json' },
    headers: { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
  })
  assert.equal(forged.status(), 401)
  await page.reload()
  await page.waitForSelector('nav .item')
  await context.close()
})

test('a restart of the server logs nobody out, and the page goes on by itself', async () => {
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  await logIn(page, zone.url, zone.adminPassword)
  await page.goto(`${zone.url}/#/virtual-machines`)
  await page.getByText('web-1').waitFor()
  await page.waitForSelector('[data-link=live]')
  await zone.server.process.kill('SIGKILL')
  await page.waitForSelector('[data-link=lost]')
  await zone.server.process.start()
  await page.waitForSelector('[data-link=live]', { timeout: 15_000 })
  await zone.client.get('updateVirtualMachine', { id: await vmId('web-1'), displayname: 'renamed' })
  await page.reload()
  await page.getByText('web-1').first().waitFor()
  assert.deepEqual(page.complaints, [])
  await context.close()
})

test('a session that ends leaves the form behind the login, and it goes on after', async () => {
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  await logIn(page, zone.url, zone.adminPassword)
  await page.goto(`${zone.url}/#/deploy`)
  await page.getByLabel('Name').fill('half-written')
  const key = await page.evaluate("JSON.parse(localStorage.getItem('altostack.session')).sessionkey")
  await page.locator('.field:has(label:has-text("Zone")) .n-base-selection').click()
  const ended = await context.request.post(`${zone.url}/client/api`, {
    form: { command: 'logout', sessionkey: String(key), response: 'json' },
  })
  assert.equal(ended.status(), 200)
  // The next thing that is asked of the server is refused: what is searched for here, or what the page asks by itself
  // before it; the form takes no more input from then on.
  await page.keyboard.type('z')
  await page.getByText('The session has ended').waitFor()
  await page.fill('#username', 'admin')
  await page.fill('#password', zone.adminPassword)
  await page.press('#password', 'Enter')
  await page.getByText('The session has ended').waitFor({ state: 'detached' })
  assert.equal(await page.getByLabel('Name').inputValue(), 'half-written')
  await page.waitForSelector('[data-link=live]')
  await context.close()
})

test('connections that break once, as they do when the machine changes its addresses, are made again', async () => {
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  const broken = new Set<string>()
  const asset = /\/assets\/([A-Za-z]+Page)\b.*\.(?:js|css)$/
  await page.route(/\/client\//, async (route) => {
    const request = route.request()
    const text = `${request.url()}&${request.postData() ?? ''}`
    const what = /command=(login|listApis|listHosts)\b/.exec(text)?.[1] ?? asset.exec(request.url())?.[0]
    if (what === undefined || broken.has(what)) return await route.continue()
    broken.add(what)
    await route.abort('connectionreset')
  })
  await page.goto(zone.url)
  await page.fill('#username', 'admin')
  await page.fill('#password', zone.adminPassword)
  await page.press('#password', 'Enter')
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  await page.locator('nav .item').getByText('Hosts', { exact: true }).click()
  await page.locator('.row', { hasText: 'sim1' }).waitFor()
  const names = [...broken].map((what) => asset.exec(what)?.[1] ?? what)
  for (const name of ['login', 'listApis', 'listHosts', 'OverviewPage', 'ResourceListPage'])
    assert.ok(names.includes(name), `${name} was broken: ${names.join(', ')}`)
  // Styles that failed are there all the same.
  const shown = await page.evaluate("getComputedStyle(document.querySelector('.list')).display")
  assert.equal(shown, 'flex')
  await context.close()
})

test('a command that the contract gains gets its page, and one that it loses has none', async () => {
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  await page.route(/command=listApis/, async (route) => {
    const response = await route.fetch()
    const body = (await response.json()) as { listapisresponse: { api: { name: string }[] } }
    const { api } = body.listapisresponse
    const volumes = api.find(({ name }) => name === 'listVolumes')
    body.listapisresponse.api = [
      ...api.filter(({ name }) => name !== 'listVolumes'),
      { ...volumes, name: 'listBackupTapes' },
    ] as typeof api
    await route.fulfill({ response, json: body })
  })
  await logIn(page, zone.url, zone.adminPassword)
  const labels = await page.locator('nav .item .label').allTextContents()
  assert.ok(labels.includes('Backup tapes'))
  assert.ok(!labels.includes('Volumes'))
  await context.close()
})

test('listApis is asked for by ETag', async () => {
  const context = await chromium.context()
  const page = await openPage(context, zone.url)
  await logIn(page, zone.url, zone.adminPassword)
  const key = await page.evaluate("JSON.parse(localStorage.getItem('altostack.session')).sessionkey")
  const url = `${zone.url}/client/api?command=listApis&response=json&sessionkey=${key}`
  const first = await context.request.get(url)
  const tag = first.headers().etag ?? ''
  assert.match(tag, /^"[\w-]{22}"$/)
  const again = await context.request.get(url, { headers: { 'If-None-Match': tag } })
  assert.equal(again.status(), 304)
  await context.close()
})

async function vmId(name: string): Promise<string> {
  return String((await zone.client.list('listVirtualMachines', { name })).items[0]?.id)
}
