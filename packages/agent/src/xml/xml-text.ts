/** Markup that is already escaped. Only `xml` and `parseXml`'s writer make it. */
export class XmlText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  toString(): string {
    return this.text
  }
}

export type XmlValue = string | number | XmlText | readonly XmlText[] | undefined | false

/**
 * Markup with every value escaped; fragments made by `xml` go in as they are, a list line by line. A line that holds
 * nothing but empty values disappears; fragments take the indentation of their line.
 */
export function xml(strings: TemplateStringsArray, ...values: readonly XmlValue[]): XmlText {
  let out = ''
  strings.forEach((part, at) => {
    out += part
    if (at < values.length) out += place(values[at], /(?:^|\n)([ ]*)$/.exec(out)?.[1] ?? '')
  })
  const lines = out.split('\n').filter((line) => line.trim() !== '' && line.trim() !== absent)
  return new XmlText(lines.map((line) => line.replaceAll(absent, '')).join('\n'))
}

/** Stands for an absent value until the line is finished; never legal in XML. */
const absent = '\u0000'

function place(value: XmlValue, indent: string): string {
  if (value === undefined || value === false) return absent
  if (value instanceof XmlText) return value.text === '' ? absent : value.text.replaceAll('\n', `\n${indent}`)
  if (typeof value === 'string' || typeof value === 'number') return escapeXml(String(value))
  return value.length === 0 ? absent : value.map((one) => one.text.replaceAll('\n', `\n${indent}`)).join(`\n${indent}`)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\r': '&#13;',
}

/** Escapes for element content and both kinds of quoted attributes; drops characters that XML 1.0 cannot hold. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/g, '')
      .replace(/(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
      .replace(/[&<>"'\n\t\r]/g, (character) => entities[character] as string)
  )
}
