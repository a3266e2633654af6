import type { NicSpec } from '@altostack/agent-api'
import { tapName } from '../network/filter/tap-name.ts'
import { type XmlText, xml } from './xml-text.ts'

/** `bootOrder`: absent for one that is plugged into a running guest. */
export function nicElement(nic: NicSpec, bootOrder?: number): XmlText {
  return xml`<interface type='bridge'>
  <mac address='${nic.mac}'/>
  <source bridge='${nic.bridge}'/>
  <target dev='${tapName(nic.nicUuid)}'/>
  <model type='${nic.model}'/>
  ${nic.mtu !== undefined && xml`<mtu size='${nic.mtu}'/>`}
  <link state='${nic.linkUp === false ? 'down' : 'up'}'/>
  ${bootOrder !== undefined && xml`<boot order='${bootOrder}'/>`}
</interface>`
}
