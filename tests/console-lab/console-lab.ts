import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { type LayoutName, strokesOf } from '../../packages/console/src/vm-console/keyboard-layouts.ts'
import {
  type ConsoleBrowser,
  logIn,
  openPage,
  type PageWithErrors,
  pictureDirectory,
  startBrowser,
} from '../console/browser.ts'
import { type LabEnvironment, startLabEnvironment } from '../lab-environment/index.ts'

const buildScript = join(import.meta.dirname, '../../packages/console/tools/build.ts')

/** A lab of two hosts that the server does not know yet, and a browser that is logged in at it. */
export type ConsoleLab = {
  readonly env: LabEnvironment
  readonly chromium: ConsoleBrowser
  readonly page: PageWithErrors
  readonly url: string
  /** Keeps what the page shows now among the pictures of the run. */
  readonly picture: (name: string, page?: Page) => Promise<void>
  readonly stop: () => Promise<void>
}

export async function startConsoleLab(name: string): Promise<ConsoleLab> {
  // Its layer may run before or beside the one that builds the console; built already is 0.3 s.
  await promisify(execFile)(process.execPath, [buildScript])
  const [env, chromium] = await Promise.all([startLabEnvironment({ hosts: 2, name }), startBrowser()])
  const stop = async (): Promise<void> => {
    await chromium.stop()
    await env.stop()
  }
  try {
    const url = `http://127.0.0.1:${env.server.ports.http}`
    const context = await chromium.context()
    context.setDefaultTimeout(30_000)
    const page = await openPage(context, url)
    await logIn(page, url, readFileSync(join(env.server.dataDir, 'admin-password'), 'utf8').trim())
    const pictures = pictureDirectory()
    return {
      env,
      chromium,
      page,
      url,
      stop,
      picture: async (as, of = page) => void (await of.screenshot({ path: join(pictures, `lab-${as}.png`) })),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Goes to a page by the navigation. */
export async function goTo(page: Page, label: string): Promise<void> {
  await page.locator('nav .item').getByText(label, { exact: true }).click()
  await page.getByRole('heading', { level: 1, name: label }).waitFor()
}

/** Chooses from a select of a form by what is shown. */
export async function choose(page: Page, field: string, option: string): Promise<void> {
  const labelled = ['.field:has(> .label', '.place > label:is(label', '.part:has(> label']
  const fields = labelled.map((one) => `${one}:has-text("${field}"))`).join(', ')
  await page.locator(fields).locator('.n-base-selection').first().click()
  await page.locator('.n-base-select-option').getByText(option, { exact: true }).last().click()
}

/** An act on the object of the page: its form is opened, its plan waited for, then it is sent. */
export async function act(page: Page, label: string, options: { readonly watched?: boolean } = {}): Promise<void> {
  await openAction(page, label)
  const drawer = page.locator('.n-drawer')
  await drawer.getByText('Nothing speaks against it.').waitFor()
  await drawer.locator('.send').click()
  if (options.watched !== true) return await drawer.waitFor({ state: 'detached' })
  await drawer.locator('[data-status="1"]').waitFor({ timeout: 90_000 })
  await drawer.getByRole('button', { name: 'Close', exact: true }).last().click()
  await drawer.waitFor({ state: 'detached' })
}

export async function openAction(page: Page, label: string): Promise<void> {
  const button = page.locator('.actions').getByRole('button', { name: label, exact: true })
  await page.locator('.actions button').first().waitFor()
  if (await button.isVisible()) return await button.click()
  await page.locator('.actions').getByRole('button', { name: 'Actions' }).click()
  await page.locator('.n-dropdown-option').getByText(label, { exact: true }).click()
}

/** What was made is gone from the database, from the machine to the cluster. */
export function assertNothingIsLeft(env: LabEnvironment): void {
  for (const table of ['host', 'storage_pool', 'vm_instance'])
    assert.deepEqual(env.rows(`SELECT id FROM ${table} WHERE removed IS NULL`), [], table)
  assert.deepEqual(env.rows("SELECT id FROM cluster WHERE removed IS NULL AND name = 'lab'"), [])
}

/** Presses the keys of a US keyboard that write the text, Shift among them, as a person does. */
export async function typeKeys(page: Page, text: string, layout: LayoutName = 'us'): Promise<void> {
  for (const { char, strokes } of strokesOf(text, layout)) {
    if (strokes === undefined) throw new Error(`no key writes ${char}`)
    for (const { code, shift } of strokes) {
      if (shift) await page.keyboard.down('Shift')
      await page.keyboard.press(code, { delay: 20 })
      if (shift) await page.keyboard.up('Shift')
    }
  }
}

/**
 * Tests that stand on each other: what follows a failed step is not waited for. A failure leaves a picture of the page, and
 * says what the server logged last.
 */
export function journeySteps(lab: () => ConsoleLab): (name: string, body: () => Promise<void>) => void {
  let broken: string | undefined
  return (name, body) =>
    void test(name, async () => {
      if (broken !== undefined) assert.fail(`"${broken}" failed before`)
      try {
        await body()
      } catch (error) {
        broken = name
        await lab()
          .picture('failed')
          .catch(() => undefined)
        process.stderr.write(`${lab().page.complaints.join('\n')}\n${lab().env.server.log().slice(-4000)}\n`)
        throw error
      }
    })
}
