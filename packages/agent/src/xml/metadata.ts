import { find, type XmlElement } from './parse-xml.ts'
import { type XmlText, xml } from './xml-text.ts'

/** Our element in a domain's metadata: how a guest is told from a foreign one. */
export const metadataUri = 'https://altostack.dev/xmlns/domain/1'
export const metadataKey = 'alto'

export type GuestMark = {
  /** First 16 hex digits of the CA's fingerprint: two installations may share a libvirtd. */
  readonly installation: string
  readonly uuid: string
  readonly generation: number
}

export function metadataElement(mark: GuestMark): XmlText {
  return xml`<alto:vm xmlns:alto='${metadataUri}' installation='${mark.installation}' uuid='${mark.uuid}' generation='${mark.generation}'/>`
}

/** The same for libvirt's setMetadata, which puts the namespace in by itself. */
export function bareMetadata(mark: GuestMark): string {
  return xml`<vm installation='${mark.installation}' uuid='${mark.uuid}' generation='${mark.generation}'/>`.text
}

/** The mark in a domain's XML; undefined for a foreign guest. */
export function readMark(domain: XmlElement): GuestMark | undefined {
  const element = find(domain, 'metadata')?.children.find((child) => child.attributes['xmlns:alto'] === metadataUri)
  const { installation, uuid, generation } = element?.attributes ?? {}
  if (installation === undefined || uuid === undefined || generation === undefined) return undefined
  return { installation, uuid, generation: Number(generation) }
}
