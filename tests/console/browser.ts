import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

export type ConsoleBrowser = {
  readonly browser: Browser
  /** A browser of its own: other cookies, other storage. */
  readonly context: (options?: ContextOptions) => Promise<BrowserContext>
  readonly stop: () => Promise<void>
}
export type ContextOptions = {
  readonly dark?: boolean
  readonly phone?: boolean
  readonly locale?: 'en' | 'pseudo'
}

/** Debian's Chromium, headless; its profile is removed with it. */
export async function startBrowser(): Promise<ConsoleBrowser> {
  const home = mkdtempSync(join(tmpdir(), 'alto-chromium-'))
  const browser = await chromium.launch({
    executablePath: process.env.ALTO_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
    env: { ...process.env, HOME: home } as Record<string, string>,
  })
  return {
    browser,
    async context(options = {}) {
      const context = await browser.newContext({
        viewport: options.phone ? { width: 390, height: 844 } : { width: 1360, height: 850 },
        colorScheme: options.dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
        ignoreHTTPSErrors: true,
        ...(options.phone ? { hasTouch: true, isMobile: true } : {}),
      })
      context.setDefaultTimeout(30_000)
      if (options.locale === 'pseudo') await context.addInitScript("localStorage.setItem('altostack.locale', 'pseudo')")
      return context
    },
    async stop() {
      await browser.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export type PageWithErrors = Page & { readonly complaints: string[] }

/** A page that collects what a browser complains of: exceptions, refused content, requests elsewhere. */
export async function openPage(context: BrowserContext, origin: string): Promise<PageWithErrors> {
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
    if (message.type() === 'warning' && /\[Vue/.test(message.text())) complaints.push(message.text())
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !/^(?:data|blob|about):/.test(url)) complaints.push(`request to ${url}`)
  })
  return Object.assign(page, { complaints })
}

/**
 * A lab beside gives and takes addresses of this machine, and a browser breaks what it is connecting then. The console asks
 * again once it runs; what starts it is loaded anew here, as a person would.
 */
export async function logIn(page: Page, url: string, password: string, username = 'admin'): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await page.goto(url)
      await page.waitForSelector('#username', { timeout: attempt < 3 ? 15_000 : 30_000 })
      break
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
  await fillLogin(page, password, username)
}

/** Logs in where the form is; what is shown where no page comes after it is printed. */
export async function fillLogin(page: Page, password: string, username = 'admin'): Promise<void> {
  await page.fill('#username', username)
  await page.fill('#password', password)
  await page.press('#password', 'Enter')
  await page.waitForSelector('#content > section, #content > .page', { timeout: 40_000 }).catch(async (error) => {
    const shown = (await page.locator('body').textContent()) ?? ''
    process.stderr.write(`no page after the log-in of ${username} at ${page.url()}: ${shown.slice(0, 500)}\n`)
    throw error
  })
}

/** Where the pictures of this run go. */
export function pictureDirectory(): string {
  const directory = process.env.ALTO_CONSOLE_PICTURES ?? join(tmpdir(), 'alto-console-pictures')
  mkdirSync(directory, { recursive: true })
  return directory
}
