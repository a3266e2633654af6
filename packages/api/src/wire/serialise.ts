import type { Json, JsonObject } from '@altostack/core'

export type WireFormat = 'json' | 'xml'

/** JSON only when asked for; XML is the default. */
export function wireFormat(response: string | undefined): WireFormat {
  return response?.toLowerCase() === 'json' ? 'json' : 'xml'
}

export const contentTypes: Readonly<Record<WireFormat, string>> = {
  json: 'application/json;charset=UTF-8',
  xml: 'text/xml;charset=UTF-8',
}

/** The whole body: the wrapper's name and its content. `version` becomes the XML attribute cloud-stack-version. */
export function serialise(format: WireFormat, wrapper: string, body: JsonObject, version: string): string {
  return format === 'json' ? JSON.stringify({ [wrapper]: body }) : toXml(wrapper, body, version)
}

/** Arrays become repeated elements; an object's fields become elements. */
export function toXml(wrapper: string, body: JsonObject, version: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?><${elementName(wrapper)} cloud-stack-version="${escapeXml(version)}">` +
    `${children(body)}</${elementName(wrapper)}>`
  )
}

function children(body: JsonObject): string {
  return Object.entries(body)
    .map(([name, value]) => element(name, value))
    .join('')
}

function element(name: string, value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) {
    return name === 'uuidList'
      ? uuidList(value as readonly JsonObject[])
      : value.map((item) => element(name, item)).join('')
  }
  const tag = elementName(name)
  return `<${tag}>${typeof value === 'object' ? children(value as JsonObject) : escapeXml(String(value))}</${tag}>`
}

/** In XML the list has one element around pairs of uuid and uuidProperty. */
function uuidList(items: readonly JsonObject[]): string {
  if (items.length === 0) return ''
  const pairs = items.map((item) => element('uuid', item.uuid) + element('uuidProperty', item.description))
  return `<uuidList>${pairs.join('')}</uuidList>`
}

/** Keys of free maps may be no XML names: other characters become `_`. */
function elementName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9_.-]/g, '_')
  return /^[A-Za-z_]/.test(safe) ? safe : `_${safe}`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Escapes markup; characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"']/g, (char) => entities[char] as string)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('\r', '&#13;')
}
