import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ConsoleBrowser, logIn, openPage, startBrowser } from './browser.ts'
import { measureFirstLoad, measureScroll, openLongList } from './long-list-measures.ts'
import { type LongListServer, startLongListServer } from './long-list-server.ts'

const machines = 25_000
let server: LongListServer
let chromium: ConsoleBrowser
before(async () => {
  server = await startLongListServer(machines)
  chromium = await startBrowser()
})
after(async () => {
  await chromium?.stop()
  await server?.stop()
})

test('25,000 virtual machines scroll with few rows in the document and no long task', async (t) => {
  const context = await chromium.context()
  const page = await openPage(context, server.url)
  await logIn(page, server.url, server.password, server.username)
  await openLongList(page, server.url, machines)
  const { mostRows, tasks } = await measureScroll(page, 50)
  t.diagnostic(`tasks of more than 50 ms of processor time: ${tasks.join(', ') || 'none'}`)
  t.diagnostic(`at most ${mostRows} rows in the document`)
  assert.ok(mostRows > 10 && mostRows < 300, `${mostRows} rows in the document`)
  // The aim is 50 ms and the figure above; a deadline is asserted at five times its value, since the machine is shared.
  assert.deepEqual(
    tasks.filter((ms) => ms > 250),
    [],
    'tasks of more than 250 ms of processor time',
  )
  // Where it stopped there are machines, not empty rows; the end is reached by one key.
  await page.locator('.row .waiting').first().waitFor({ state: 'detached' })
  await page.getByRole('grid').focus()
  await page.keyboard.press('End')
  await page.locator('[aria-rowindex="25001"] a').first().waitFor()
  assert.deepEqual(page.complaints, [])
  await context.close()
})

test('a filter is asked of the server and answered at once', async () => {
  const context = await chromium.context()
  const page = await openPage(context, server.url)
  await logIn(page, server.url, server.password, server.username)
  await openLongList(page, server.url, machines)
  await page.getByLabel('Filter by keyword').fill('vm-12345')
  await page.getByText('1 virtual machines').waitFor()
  assert.equal(await page.locator('.row[role=row]').count(), 1)
  await page.getByLabel('Filter by keyword').fill('nothing like this')
  await page.getByText('Nothing matches the filter.').waitFor()
  await context.close()
})

test('first load is small, and the page is usable within 1.5 s', async (t) => {
  const context = await chromium.context()
  const page = await openPage(context, server.url)
  await logIn(page, server.url, server.password, server.username)
  await page.close()
  const again = await openPage(context, server.url)
  const { consoleBytes, answerBytes, usableMs } = await measureFirstLoad(context, again, server.url)
  t.diagnostic(
    `${Math.round(consoleBytes / 1024)} KiB of console, ${Math.round(answerBytes / 1024)} KiB of answers, usable after ${Math.round(usableMs)} ms`,
  )
  assert.ok(consoleBytes > 50_000 && consoleBytes < 350 * 1024, `${consoleBytes} bytes`)
  // The aim is 1.5 s and the figure above; a deadline is asserted at five times its value, since the machine is shared.
  assert.ok(usableMs < 5 * 1500, `${usableMs} ms`)
  await context.close()
})
