/** Sets `key = value` lines in libvirtd.conf: an existing line, or a commented default, is replaced in place. */
export function setConfLines(text: string, settings: Readonly<Record<string, string>>): string {
  let lines = text.split('\n')
  for (const [key, value] of Object.entries(settings)) {
    const wanted = `${key} = ${value}`
    const active = new RegExp(`^\\s*${key}\\s*=`)
    const commented = new RegExp(`^#\\s*${key}\\s*=`)
    const at = lines.findIndex((line) => active.test(line))
    if (at >= 0) {
      lines = lines.filter((line, index) => index === at || !active.test(line))
      lines[at] = wanted
      continue
    }
    const comment = lines.findIndex((line) => commented.test(line))
    if (comment >= 0) lines.splice(comment + 1, 0, wanted)
    else {
      if (lines.at(-1) === '') lines.pop()
      lines.push(wanted, '')
    }
  }
  return lines.join('\n')
}
