import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import type { PageWithErrors } from '../console/browser.ts'
import { until, type Vm, whyNoLab } from '../lab-environment/index.ts'
import { consoleText } from '../runbook/guest-console.ts'
import { authoriseServer, onHost } from '../runbook/host-access.ts'
import { assertNoGuests, libvirtDomains } from '../runbook/leftovers.ts'
import { assertNothingIsLeft, type ConsoleLab, journeySteps, startConsoleLab, typeKeys } from './console-lab.ts'
import { enter, pick, search, tabTo, write } from './keyboard.ts'

/** The same life as by mouse, without one click. */
describe('the journey by keyboard alone', { skip: await whyNoLab() }, journey)

function journey(): void {
  let lab: ConsoleLab
  const step = journeySteps(() => lab)
  let page: PageWithErrors
  let vm: Vm
  before(async () => {
    lab = await startConsoleLab('keyboard')
    page = lab.page
  })
  after(async () => {
    await lab?.stop()
  })
  const host = (name: string) => lab.env.lab.host(name)
  const row = (index: number) => page.locator('section.row').nth(index)
  const field = (label: string) => page.locator(`.field:has(> .label:has-text("${label}")) .n-base-selection`)
  const refresh = async (): Promise<Vm> => {
    const [found] = (await lab.env.client.list('listVirtualMachines', { name: 'guest1' })).items
    vm = (await lab.env.vm(String(found?.id)))!
    return vm
  }
  /** Of a menu that has just opened. */
  const choose = async (label: string): Promise<void> => {
    await page.locator('.n-dropdown-option').getByText(label, { exact: true }).waitFor()
    const pending = page.locator('.n-dropdown-option-body--pending', { hasText: label })
    for (let turn = 0; turn < 60 && (await pending.count()) === 0; turn++) await page.keyboard.press('ArrowDown')
    assert.equal((await pending.textContent())?.trim(), label)
    await page.keyboard.press('Enter')
  }
  /** An act on the object of the page, by its button or by the menu of the others. */
  const open = async (label: string): Promise<void> => {
    await page.locator('.actions button').first().waitFor()
    const button = page.locator('.actions').getByRole('button', { name: label, exact: true })
    if (await button.isVisible()) return await enter(page, button)
    await enter(page, page.locator('.actions').getByRole('button', { name: 'Actions' }))
    await choose(label)
  }
  const act = async (label: string, watched = false): Promise<void> => {
    await open(label)
    const drawer = page.locator('.n-drawer')
    await drawer.getByText('Nothing speaks against it.').waitFor()
    await enter(page, drawer.locator('.send'))
    if (watched) {
      await drawer.locator('[data-status="1"]').waitFor({ timeout: 90_000 })
      await page.keyboard.press('Escape')
    }
    await drawer.waitFor({ state: 'detached' })
  }

  step('cluster, setting, hosts', async () => {
    await authoriseServer(lab.env, host('h2'))
    await search(page, 'Clusters')
    await enter(page, page.getByRole('button', { name: 'Add cluster' }))
    await write(page, page.getByLabel('Cluster name'), 'lab')
    await page.getByText('Nothing speaks against it.').waitFor()
    await enter(page, page.locator('.beside').getByRole('button', { name: 'Add cluster' }))
    await page.getByLabel('Address').first().waitFor()
    await search(page, 'Settings')
    await write(page, page.getByLabel('Filter by keyword'), 'alto.kvm.emulation.allowed')
    const setting = page.getByRole('link', { name: 'alto.kvm.emulation.allowed' })
    await setting.waitFor()
    await tabTo(page, page.getByRole('grid'))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'alto.kvm.emulation.allowed' }).waitFor()
    await open('Update')
    await write(page, page.locator('.n-drawer').getByLabel('Value'), 'true')
    await enter(page, page.locator('.n-drawer').getByRole('button', { name: /More options/ }))
    await pick(
      page,
      page.locator('.n-drawer').locator('.field:has(> .label:has-text("Cluster")) .n-base-selection'),
      'lab',
    )
    await enter(page, page.locator('.send'))
    await page.locator('.n-drawer').waitFor({ state: 'detached' })
    await search(page, 'Hosts')
    await enter(page, page.getByRole('button', { name: 'Add host' }).first())
    await pick(page, page.locator('.place > label:has-text("Cluster") .n-base-selection'), 'lab')
    await write(page, row(0).getByLabel('Address'), host('h1').ip)
    await write(page, row(0).getByLabel('Password'), host('h1').password)
    await enter(page, page.getByRole('button', { name: 'Another host' }))
    await write(page, row(1).getByLabel('Address'), host('h2').ip)
    await enter(page, page.getByRole('button', { name: 'Check all' }))
    for (const index of [0, 1]) {
      await row(index).getByText('This is the SSH key of that host:').waitFor()
      await tabTo(page, row(index).locator('.key'))
      await page.keyboard.press('Space')
    }
    await enter(page, page.getByRole('button', { name: 'Add 2 hosts' }))
    for (const index of [0, 1]) await row(index).getByText('Added and Up').waitFor({ timeout: 120_000 })
  })

  step('storage and a virtual machine', async () => {
    await enter(page, page.getByRole('button', { name: 'Next', exact: true }))
    await write(page, page.getByLabel('Name'), 'primary1')
    await pick(page, page.locator('.part:has(> label:has-text("Protocol")) .n-base-selection'), 'SharedMountPoint')
    await write(page, page.getByLabel('Path'), '/mnt/shared')
    await page.getByText('Nothing speaks against it.').waitFor()
    await enter(page, page.locator('.beside').getByRole('button', { name: 'Add primary storage' }))
    await page.waitForURL(/infrastructure/)
    await search(page, 'Virtual machines')
    await enter(page, page.getByRole('button', { name: 'Deploy virtual machine' }).first())
    // The button opens a menu: deploy, and import an unmanaged one.
    await choose('Deploy virtual machine')
    await pick(page, field('Service offering'), 'Tiny')
    await write(page, page.getByLabel('Name'), 'guest1')
    await page
      .getByRole('region', { name: /what speaks against/ })
      .getByText('fits')
      .first()
      .waitFor()
    await enter(page, page.getByRole('button', { name: 'Deploy', exact: true }))
    await page.locator('.head').getByText('Running').waitFor({ timeout: 60_000 })
    await refresh()
  })

  step('the screen takes the keys at once; Ctrl-Alt-Del starts the guest again', async () => {
    const said = (): string => consoleText(host(String(vm.hostName)), vm.instanceName)
    const opened = page.context().waitForEvent('page')
    await enter(page, page.getByRole('link', { name: 'Console', exact: true }))
    const tab = await opened
    await tab.getByText('connected', { exact: true }).waitFor()
    await until('the guest has booted', 90_000, async () => said().includes('LAB-READY'))
    await typeKeys(tab, '\n')
    await until('the guest did what was typed', 30_000, async () => {
      await typeKeys(tab, 'echo typed-$((40+2)) | tee /dev/ttyS0\n')
      return said().includes('typed-42')
    })
    await tab.keyboard.press('Control+Alt')
    await enter(tab, tab.getByRole('button', { name: 'Ctrl-Alt-Del' }))
    await until('it boots again', 60_000, async () => said().includes('LAB-BOOTS 2'))
    await tab.close()
  })

  step('migrated from the tree, looked after by the doctor', async () => {
    const from = String(vm.hostName)
    const to = from === 'h1' ? 'h2' : 'h1'
    await search(page, 'Infrastructure map')
    await tabTo(page, page.getByRole('tree'))
    const at = async (): Promise<string> => (await page.locator('[role=treeitem].active .name').textContent()) ?? ''
    await page.keyboard.press('Home')
    for (let turn = 0; turn < 20 && (await at()) !== from; turn++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await page.getByRole('treeitem').filter({ hasText: 'guest1' }).waitFor()
    for (let turn = 0; turn < 20 && (await at()) !== 'guest1'; turn++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'guest1' }).waitFor()
    await open('Migrate')
    const dialog = page.getByRole('dialog')
    await tabTo(page, dialog.locator('input[type=radio]:not([disabled])').first())
    await page.keyboard.press('Space')
    await dialog.getByText('Nothing speaks against it.').waitFor()
    await enter(page, dialog.getByRole('button', { name: 'Migrate' }))
    await dialog.locator('[data-status="1"]').waitFor({ timeout: 90_000 })
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    assert.equal((await refresh()).hostName, to)
    await onHost(host(to), 'chmod', '0644', '/etc/cloudstack/agent/cloud.key')
    await search(page, to)
    await tabTo(page, page.getByRole('tab', { name: 'Details' }))
    const doctor = page.getByRole('tab', { name: 'Doctor', selected: true })
    for (let turn = 0; turn < 20 && (await doctor.count()) === 0; turn++) await page.keyboard.press('ArrowRight')
    await page.locator('.wrong [data-check=file-modes]').waitFor({ timeout: 30_000 })
    await enter(page, page.getByRole('button', { name: 'Repair …' }))
    await dialog.getByRole('cell', { name: '600' }).waitFor()
    await enter(page, dialog.getByRole('button', { name: 'Repair', exact: true }))
    await dialog.locator('[data-status="1"]').waitFor({ timeout: 30_000 })
    await page.keyboard.press('Escape')
    await page.locator('.fine [data-check=file-modes]').waitFor({ timeout: 30_000 })
  })

  step('maintenance, and everything deleted', async () => {
    const from = String(vm.hostName)
    await act('Prepare for maintenance', true)
    await page.locator('.head').getByText('Maintenance', { exact: true }).waitFor()
    assert.notEqual((await refresh()).hostName, from)
    assert.deepEqual(await libvirtDomains(lab.env, from), [])
    await act('Cancel maintenance')
    await search(page, 'guest1')
    await act('Destroy')
    await page.locator('.head').getByText('Destroyed').waitFor({ timeout: 60_000 })
    await act('Expunge')
    await page.getByText(/There is no virtual machine with this id/).waitFor({ timeout: 60_000 })
    await assertNoGuests(lab.env)
    await search(page, 'primary1')
    await act('Enable storage maintenance', true)
    await act('Delete')
    await page.getByText(/There is no primary storage with this id/).waitFor()
    for (const name of ['h1', 'h2']) {
      await search(page, name)
      await act('Prepare for maintenance', true)
      await act('Delete')
      await page.getByText(/There is no host with this id/).waitFor({ timeout: 60_000 })
    }
    await search(page, 'lab')
    await act('Delete')
    await page.getByText(/There is no cluster with this id/).waitFor()
    assertNothingIsLeft(lab.env)
    assert.deepEqual(page.complaints, [])
  })
}
