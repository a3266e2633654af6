import type { BrowserContext, Page } from 'playwright-core'
import { longTasks, startTrace } from './trace.ts'

/** Shows the list of virtual machines, and waits until its rows have their contents. */
export async function openLongList(page: Page, url: string, machines: number): Promise<void> {
  await page.goto(`${url}/#/virtual-machines`)
  await page.getByText(`${machines} virtual machines`).waitFor()
  await page.locator('[role=row] a').first().waitFor()
}

/** Scrolls through the list, slowly and fast. Tasks: of the main thread, in ms of processor time, those over `limitMs`. */
export async function measureScroll(
  page: Page,
  limitMs: number,
): Promise<{ readonly mostRows: number; readonly tasks: readonly number[] }> {
  const box = (await page.getByRole('grid').boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  // The first rows warm the code up; then what is measured.
  for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, 400)
  await page.waitForTimeout(300)
  const trace = await startTrace(page)
  let mostRows = 0
  for (let turn = 0; turn < 60; turn++) {
    await page.mouse.wheel(0, turn < 30 ? 600 : 5000)
    if (turn % 6 === 0) mostRows = Math.max(mostRows, await page.locator('.row[role=row]').count())
    await page.waitForTimeout(16)
  }
  await page.waitForTimeout(500)
  return { mostRows, tasks: longTasks(await trace.stop(), limitMs) }
}

export type FirstLoad = {
  /** Of the console itself, as they came over the wire. */
  readonly consoleBytes: number
  readonly answerBytes: number
  /** From the address to rows with contents; the best of three: what other programs take is not the page's. */
  readonly usableMs: number
}

/** Loads the list in a page whose cache is off, with the session that the context has. */
export async function measureFirstLoad(context: BrowserContext, page: Page, url: string): Promise<FirstLoad> {
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  let consoleBytes = 0
  let answerBytes = 0
  const asked = new Map<string, string>()
  session.on('Network.requestWillBeSent', ({ requestId, request }) => void asked.set(requestId, request.url))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (asked.get(requestId)?.includes('/client/api')) answerBytes += encodedDataLength
    else consoleBytes += encodedDataLength
  })
  const times: number[] = []
  for (let turn = 0; turn < 3; turn++) {
    if (turn > 0) await session.send('Network.disable')
    const began = performance.now()
    await page.goto(`${url}/?${turn}#/virtual-machines`)
    await page.locator('[role=row] a').first().waitFor()
    times.push(performance.now() - began)
  }
  return { consoleBytes, answerBytes, usableMs: Math.min(...times) }
}
