import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import type { Page } from 'playwright-core'
import type { PageWithErrors } from '../console/browser.ts'
import { measured, until, type Vm, waitForPing, whyNoLab } from '../lab-environment/index.ts'
import { consoleText } from '../runbook/guest-console.ts'
import { authoriseServer, onHost, renameBridge } from '../runbook/host-access.ts'
import { assertNoGuests, libvirtDomains } from '../runbook/leftovers.ts'
import {
  act,
  assertNothingIsLeft,
  type ConsoleLab,
  choose,
  goTo,
  journeySteps,
  openAction,
  startConsoleLab,
  typeKeys,
} from './console-lab.ts'
import { likeness, screenAtHost } from './screen-likeness.ts'

/** A cluster's whole life in the browser by mouse, on real hosts. The API is asked only for what it came to. */
describe('the journey by mouse', { skip: await whyNoLab() }, () => {
  let lab: ConsoleLab
  const step = journeySteps(() => lab)
  let page: PageWithErrors
  let vm: Vm
  before(async () => {
    lab = await startConsoleLab('journey')
    page = lab.page
  })
  after(async () => {
    await lab?.stop()
  })
  const host = (name: string) => lab.env.lab.host(name)
  const row = (index: number) => page.locator('section.row').nth(index)
  const refresh = async (): Promise<Vm> => {
    const [found] = (await lab.env.client.list('listVirtualMachines', { name: 'guest1' })).items
    vm = (await lab.env.vm(String(found?.id)))!
    return vm
  }
  const timed = async (name: string, body: () => Promise<unknown>): Promise<void> => {
    const began = performance.now()
    await body()
    measured(name, performance.now() - began, 'ms')
  }
  const failed = (name: string, index: number) => row(index).locator(`.wrong [data-check=${name}]`)

  step('a cluster is added, and its setting made: guests may be emulated here', async () => {
    await goTo(page, 'Clusters')
    await page.getByRole('button', { name: 'Add cluster' }).click()
    await page.getByLabel('Cluster name').fill('lab')
    await page.getByText('Nothing speaks against it.').waitFor()
    await page.locator('.beside').getByRole('button', { name: 'Add cluster' }).click()
    await page.getByLabel('Address').first().waitFor()
    await goTo(page, 'Settings')
    await page.getByLabel('Filter by keyword').fill('alto.kvm.emulation.allowed')
    await page.getByRole('link', { name: 'alto.kvm.emulation.allowed' }).click()
    await openAction(page, 'Update')
    const drawer = page.locator('.n-drawer')
    await drawer.getByLabel('Value').fill('true')
    await drawer.getByRole('button', { name: /More options/ }).click()
    await choose(page, 'Cluster', 'lab')
    await drawer.locator('.send').click()
    await drawer.waitFor({ state: 'detached' })
    const [cluster] = (await lab.env.client.list('listClusters', { name: 'lab' })).items
    const name = 'alto.kvm.emulation.allowed'
    const [kept] = (await lab.env.client.list('listConfigurations', { name, clusterid: String(cluster?.id) })).items
    assert.equal(kept?.value, 'true')
  })

  step('a wrong password, a missing bridge and a closed port show their cause and what to do', async () => {
    await authoriseServer(lab.env, host('h2'))
    await renameBridge(host('h2'), 'cloudbr0', 'br0')
    await goTo(page, 'Hosts')
    await page.getByRole('button', { name: 'Add host' }).first().click()
    await choose(page, 'Cluster', 'lab')
    await row(0).getByLabel('Address').fill(host('h1').ip)
    await row(0).getByLabel('Password').fill('not-this-one')
    await page.getByRole('button', { name: 'Another host' }).click()
    await row(1).getByLabel('Address').fill(host('h2').ip)
    await page.getByRole('button', { name: 'Check all' }).click()
    await row(0)
      .getByText(/Authentication error with host password.*refused/)
      .waitFor()
    await row(0)
      .getByText(/What to do: Check user and password; see PermitRootLogin/)
      .waitFor()
    await failed('bridge', 1).getByText('no bridge cloudbr0; the host has br0').waitFor()
    await failed('bridge', 1)
      .getByText(/alto host bridge/)
      .waitFor()
    await lab.picture('add-hosts-refused')
    await renameBridge(host('h2'), 'br0', 'cloudbr0')
    const rule = 'nft add table inet closed; nft add chain inet closed out "{ type filter hook output priority 0; }"'
    await onHost(host('h2'), 'sh', '-c', `${rule}; nft add rule inet closed out tcp dport 8250 drop`)
    await row(1).getByRole('button', { name: 'Check' }).click()
    await failed('server-port', 1)
      .getByText(/:\d+ does not answer within/)
      .waitFor()
    await failed('firewall', 1)
      .getByText(/inet closed out handle \d+ \(drop\) blocks/)
      .waitFor()
    assert.equal(await page.getByRole('button', { name: 'Add hosts', exact: true }).isDisabled(), true)
    await onHost(host('h2'), 'nft', 'delete', 'table', 'inet', 'closed')
  })

  step('put right, both are added side by side: one by password, one by key, their SSH keys confirmed', async () => {
    await row(0).getByLabel('Password').fill(host('h1').password)
    await page.getByRole('button', { name: 'Check all' }).click()
    for (const index of [0, 1]) {
      await row(index).locator('.wrong .fail, .note').first().waitFor({ state: 'detached' })
      await row(index).getByText('This is the SSH key of that host:').click()
    }
    const shown = await row(0).locator('.key .mono').textContent()
    const real = await onHost(host('h1'), 'ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub')
    assert.ok(real.includes(String(shown)), `${shown} is the host's own key: ${real}`)
    await lab.picture('add-hosts')
    await timed('console.addHosts', async () => {
      await page.getByRole('button', { name: 'Add 2 hosts' }).click()
      // Its steps, each as it is saved.
      for (const index of [0, 1]) await row(index).locator('.steps li', { hasText: 'install' }).waitFor()
      await lab.picture('adding-hosts')
      for (const index of [0, 1]) await row(index).getByText('Added and Up').waitFor({ timeout: 120_000 })
    })
    await row(0)
      .getByText(/public key was added to authorized_keys/)
      .waitFor()
    const { items } = await lab.env.client.list('listHosts', { type: 'Routing' })
    assert.deepEqual(items.map(({ name, state }) => `${name} ${state}`).sort(), ['h1 Up', 'h2 Up'])
  })

  step('primary storage follows in the same place', async () => {
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    await page.getByLabel('Name').fill('primary1')
    await choose(page, 'Protocol', 'SharedMountPoint')
    await page.getByLabel('Path').fill('/mnt/shared')
    await page.getByText('Nothing speaks against it.').waitFor()
    await lab.picture('add-storage')
    await page.locator('.beside').getByRole('button', { name: 'Add primary storage' }).click()
    await page.waitForURL(/infrastructure/)
    const [pool] = (await lab.env.client.list('listStoragePools', { name: 'primary1' })).items
    assert.deepEqual([pool?.state, pool?.clustername, pool?.path], ['Up', 'lab', '/mnt/shared'])
  })

  step('a virtual machine is deployed', async () => {
    await goTo(page, 'Virtual machines')
    await page.getByRole('button', { name: 'Deploy virtual machine' }).first().click()
    await page.locator('.n-dropdown-option', { hasText: 'Deploy virtual machine' }).click()
    await page.getByLabel('Name').fill('guest1')
    await choose(page, 'Service offering', 'Tiny')
    await page
      .getByRole('region', { name: /what speaks against/ })
      .getByText('fits')
      .first()
      .waitFor()
    await lab.picture('deploy')
    await page.getByRole('button', { name: 'Deploy', exact: true }).click()
    await page.locator('.head').getByText('Running').waitFor({ timeout: 60_000 })
    await refresh()
    assert.deepEqual(await libvirtDomains(lab.env, String(vm.hostName)), [vm.instanceName])
  })

  let tab: Page
  const said = (): string => consoleText(host(String(vm.hostName)), vm.instanceName)
  step("the console shows the guest's screen as the host does, and takes typing", async () => {
    const opened = page.context().waitForEvent('page')
    await page.getByRole('link', { name: 'Console', exact: true }).click()
    tab = await opened
    await tab.getByText('connected', { exact: true }).waitFor()
    await until('the guest has booted', 90_000, async () => said().includes('LAB-READY'))
    const before = await screenAtHost(host(String(vm.hostName)), vm.instanceName)
    await until('both show the same', 15_000, async () => {
      const { sameSize, equal, lit } = await likeness(
        tab,
        await screenAtHost(host(String(vm.hostName)), vm.instanceName),
      )
      return sameSize && lit > 500 && equal > 0.999
    })
    await tab.locator('canvas').click()
    await typeKeys(tab, '\n')
    await until('the shell is there', 20_000, async () => (await likeness(tab, before)).equal < 0.999)
    await typeKeys(tab, 'echo typed-$((40+2)) | tee /dev/ttyS0\n')
    await until('the guest did what was typed', 20_000, async () => said().includes('typed-42'))
    // The cursor blinks: a look at each may differ by it, and the guest may still be writing.
    await until('both show what was typed', 15_000, async () => {
      const now = await screenAtHost(host(String(vm.hostName)), vm.instanceName)
      assert.ok(Buffer.compare(now, before) !== 0)
      return (await likeness(tab, now)).equal > 0.999
    })
    await lab.picture('vm-console', tab)
  })

  step('a text is pasted by the keys of the guest, and the serial line takes typing too', async () => {
    await tab.getByRole('button', { name: 'Paste text' }).click()
    await tab.getByLabel('Text to type into the guest').fill('echo "Pasted & {whole}: $((40+2))" | tee /dev/ttyS0\n')
    await tab.getByRole('button', { name: 'Type it' }).click()
    await until('what was pasted came', 20_000, async () => said().includes('Pasted & {whole}: 42'))
    // The screen has the keys again by itself.
    await tab.locator('.n-modal-mask').waitFor({ state: 'detached' })
    await typeKeys(tab, 'echo after-$((40+2)) | tee /dev/ttyS0\n')
    await until('typing goes on', 20_000, async () => said().includes('after-42'))
    await tab.getByRole('button', { name: 'Serial line' }).click()
    await tab.getByText('connected', { exact: true }).waitFor()
    await typeKeys(tab, '\n')
    await typeKeys(tab, 'echo serial-$((40+2))\n')
    await tab
      .locator('.xterm-accessibility')
      .getByText(/serial-42/)
      .first()
      .waitFor({ state: 'attached' })
    await lab.picture('serial-console', tab)
    await tab.close()
  })

  step('it is migrated, with its steps', async () => {
    const from = vm.hostName
    await openAction(page, 'Migrate')
    const dialog = page.getByRole('dialog')
    await dialog.locator('input[type=radio]:not([disabled])').first().check()
    await dialog.getByText('Nothing speaks against it.').waitFor()
    await lab.picture('migrate')
    await timed('console.migrate', async () => {
      await dialog.getByRole('button', { name: 'Migrate' }).click()
      // The plan of before is shown until the job is there.
      await dialog.locator('.job:not([data-status="0"])').waitFor({ timeout: 90_000 })
    })
    assert.equal(await dialog.locator('.note').count(), 0, 'the migration failed')
    assert.match((await dialog.locator('.facts').textContent()) ?? '', /downtime/i)
    await lab.picture('migrated')
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
    assert.notEqual((await refresh()).hostName, from)
    await waitForPing(vm.address)
  })

  step('the doctor names a fault of the host and heals it, its plan shown first', async () => {
    const on = String(vm.hostName)
    await onHost(host(on), 'chmod', '0644', '/etc/cloudstack/agent/cloud.key')
    await goTo(page, 'Hosts')
    await page.getByRole('link', { name: on, exact: true }).click()
    await page.getByRole('tab', { name: 'Doctor' }).click()
    const modes = page.locator('.wrong [data-check=file-modes]')
    await modes.getByText('/etc/cloudstack/agent/cloud.key is 644').waitFor({ timeout: 30_000 })
    await lab.picture('doctor')
    await page.getByRole('button', { name: 'Repair …' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('cell', { name: '644' }).waitFor()
    await dialog.getByRole('cell', { name: '600' }).waitFor()
    await lab.picture('repair')
    await dialog.getByRole('button', { name: 'Repair', exact: true }).click()
    await dialog.locator('[data-status="1"]').waitFor({ timeout: 30_000 })
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
    await page.locator('.fine [data-check=file-modes]').waitFor({ timeout: 30_000 })
    assert.match(await onHost(host(on), 'stat', '-c', '%a', '/etc/cloudstack/agent/cloud.key'), /^600/)
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Bundle for support' }).click()
    assert.equal((await saved).suggestedFilename(), `${on}-support.txt`)
  })

  step('maintenance shows where each machine will go, moves it there and ends', async () => {
    const from = String(vm.hostName)
    const to = from === 'h1' ? 'h2' : 'h1'
    await openAction(page, 'Prepare for maintenance')
    const drawer = page.locator('.n-drawer')
    await drawer.getByText(`→ ${to}`).waitFor()
    await lab.picture('maintenance')
    await drawer.locator('.send').click()
    await drawer.locator('[data-status="1"]').waitFor({ timeout: 90_000 })
    await drawer.getByRole('button', { name: 'Close', exact: true }).last().click()
    await page.locator('.head').getByText('Maintenance', { exact: true }).waitFor()
    assert.deepEqual([(await refresh()).hostName, vm.state], [to, 'Running'])
    assert.deepEqual(await libvirtDomains(lab.env, from), [])
    await act(page, 'Cancel maintenance')
    await page.locator('.head').getByText('Maintenance', { exact: true }).waitFor({ state: 'detached' })
  })

  step('everything is deleted again, from the machine to the cluster', async () => {
    await goTo(page, 'Virtual machines')
    await page.getByRole('link', { name: 'guest1' }).first().click()
    await act(page, 'Destroy')
    await page.locator('.head').getByText('Destroyed').waitFor({ timeout: 60_000 })
    await act(page, 'Expunge')
    await page.getByText(/There is no virtual machine with this id/).waitFor({ timeout: 60_000 })
    await assertNoGuests(lab.env)
    await goTo(page, 'Primary storage')
    await page.getByRole('link', { name: 'primary1' }).first().click()
    await act(page, 'Enable storage maintenance', { watched: true })
    await act(page, 'Delete')
    await page.getByText(/There is no primary storage with this id/).waitFor()
    await goTo(page, 'Hosts')
    for (const name of ['h1', 'h2']) {
      await page.getByRole('link', { name, exact: true }).click()
      await act(page, 'Prepare for maintenance', { watched: true })
      await act(page, 'Delete')
      await page.getByText(/There is no host with this id/).waitFor({ timeout: 60_000 })
      await goTo(page, 'Hosts')
    }
    await goTo(page, 'Clusters')
    await page.getByRole('link', { name: 'lab', exact: true }).click()
    await act(page, 'Delete')
    await page.getByText(/There is no cluster with this id/).waitFor()
    assertNothingIsLeft(lab.env)
    assert.deepEqual(page.complaints, [])
  })
})
