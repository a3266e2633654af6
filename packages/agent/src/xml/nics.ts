import type { NicSpec } from '@altostack/agent-api'
import { type XmlText, xml } from './xml-text.ts'

export function nicElement(nic: NicSpec, bootOrder: number): XmlText {
  return xml`<interface type='bridge'>
  <mac address='${nic.mac}'/>
  <source bridge='${nic.bridge}'/>
  <model type='${nic.model}'/>
  ${nic.mtu !== undefined && xml`<mtu size='${nic.mtu}'/>`}
  <link state='up'/>
  <boot order='${bootOrder}'/>
</interface>`
}
