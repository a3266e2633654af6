import { existsSync } from 'node:fs'
import { logIn, openPage, startBrowser } from '../../../tests/console/browser.ts'
import { measureFirstLoad, measureScroll, openLongList } from '../../../tests/console/long-list-measures.ts'
import { startLongListServer } from '../../../tests/console/long-list-server.ts'
import type { Bench } from '../bench.ts'

/** The console's longest list in headless Chromium: its first load, and what scrolling costs the page. */
export const bench: Bench = async ({ quick }) => {
  const machines = quick ? 1000 : 25_000
  const title = `Console: a list of ${machines} virtual machines in Chromium`
  const program = process.env.ALTO_CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(program)) return { title, rows: [], skipped: 'chromium is not installed' }
  const { url, username, password, stop } = await startLongListServer(machines)
  try {
    const chromium = await startBrowser()
    try {
      const context = await chromium.context()
      const page = await openPage(context, url)
      await logIn(page, url, password, username)
      await page.close()
      const fresh = await openPage(context, url)
      const { consoleBytes, answerBytes, usableMs } = await measureFirstLoad(context, fresh, url)
      await openLongList(fresh, url, machines)
      const { mostRows, tasks } = await measureScroll(fresh, 1)
      return {
        title,
        rows: [
          {
            what: 'first load, compressed',
            value: Math.round(consoleBytes / 1024),
            unit: 'KiB',
            aim: { most: 350 },
            detail: `without console and charts; and ${Math.round(answerBytes / 1024)} KiB of answers`,
          },
          {
            what: 'usable after',
            value: Math.round(usableMs),
            unit: 'ms',
            aim: { most: 1500 },
            detail: 'rows with contents, nothing in the cache; best of 3',
          },
          {
            what: 'longest task while it scrolls',
            value: Math.round(Math.max(...tasks)),
            unit: 'ms',
            aim: { most: 50 },
            detail: `processor time of the page's main thread; ${tasks.filter((ms) => ms > 50).length} over 50 ms`,
          },
          { what: 'rows in the document, at most', value: mostRows, unit: 'rows', aim: { most: 300 } },
        ],
        notes: ['Browser, server and database share two cores.'],
      }
    } finally {
      await chromium.stop()
    }
  } finally {
    await stop()
  }
}
