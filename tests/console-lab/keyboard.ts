import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'

/** How often Tab may be pressed before what is wanted counts as out of reach. */
const farthest = 160

/** Presses Tab until this has the focus; on the way every focus must be seen. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.first().waitFor()
  for (let turn = 0; turn < farthest; turn++) {
    const there = await wanted.first().evaluate((element) => {
      const active = element.ownerDocument.activeElement
      return active === element || (active !== null && element.contains(active))
    })
    if (there) return
    await page.keyboard.press('Tab')
    await assertFocusIsSeen(page)
  }
  assert.fail(`${wanted} is not reached by Tab`)
}

/** What has the focus shows it: an outline or a ring of its own or of the control that it belongs to. */
async function assertFocusIsSeen(page: Page): Promise<void> {
  const unseen = await page.evaluate(`(() => {
    const active = document.activeElement
    if (!active || active === document.body || active.id === 'content') return undefined
    // The ends of a focus trap take the focus to hand it on.
    if (active.getAttribute('aria-hidden') === 'true') return undefined
    const control = active.closest('.n-input, .n-base-selection, .n-checkbox, .n-radio-button, .n-radio, .n-button') ?? active
    const near = [active, control, ...control.querySelectorAll('*'), active.parentElement, active.parentElement?.parentElement]
    const ring = (element) => {
      if (!element) return false
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
    }
    return near.some(ring) ? undefined : active.outerHTML.slice(0, 200)
  })()`)
  assert.equal(unseen, undefined, `the focus is not seen on ${unseen}`)
}

export async function enter(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted)
  await page.keyboard.press('Enter')
}

export async function write(page: Page, wanted: Locator, text: string): Promise<void> {
  await tabTo(page, wanted)
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

/** Opens a select, narrows it by typing and takes what is found. */
export async function pick(page: Page, field: Locator, option: string): Promise<void> {
  await tabTo(page, field)
  await page.keyboard.press('Enter')
  // Menus that were open before are hidden, not gone.
  const menu = page.locator('.n-base-select-menu:visible')
  await menu.locator('.n-base-select-option').getByText(option, { exact: true }).waitFor()
  const pending = menu.locator('.n-base-select-option--pending').getByText(option, { exact: true })
  for (let turn = 0; turn < 40 && (await pending.count()) === 0; turn++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await menu.waitFor({ state: 'hidden' })
}

/** Goes to a page or an object by the search over everything. */
export async function search(page: Page, text: string, heading = text): Promise<void> {
  await page.keyboard.press('Control+k')
  await page.locator('.palette input:focus').waitFor()
  await page.keyboard.type(text)
  await page.locator('[role=option].active .title').getByText(text, { exact: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.locator('.palette').waitFor({ state: 'detached' })
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
}
