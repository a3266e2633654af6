import { apiFailure } from '@altostack/core'

/**
 * Registered user data with its variables replaced: `{{ name }}`, `{{name}}` and `$name` as jinja and shells write them.
 * Throws 431 for a variable without a value and a value without a variable.
 */
export function fillVariables(
  userData: string,
  params: string | null,
  values: Readonly<Record<string, string>>,
): string {
  const names = (params ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]))
  const missing = names.filter((name) => values[name] === undefined)
  if (missing.length > 0) {
    throw apiFailure('api.parameter', `userdatadetails has no value for ${missing.join(', ')}`, {
      fix: 'Send userdatadetails[0].NAME=VALUE for each variable of the user data.',
    })
  }
  const unknown = Object.keys(values).filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    throw apiFailure('api.parameter', `The user data has no variable ${unknown.join(', ')}`, {
      seen: params ?? 'no variables',
    })
  }
  if (names.length === 0) return userData
  let text = Buffer.from(userData, 'base64').toString('utf8')
  for (const name of names) {
    const value = values[name] ?? ''
    const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    text = text.replaceAll(
      new RegExp(String.raw`\{\{\s*${escaped}\s*\}\}|\$\{${escaped}\}|\$${escaped}\b`, 'g'),
      () => value,
    )
  }
  return Buffer.from(text).toString('base64')
}

/** Both as parts of one message, for cloud-init. */
export function appendUserData(first: string, second: string): string {
  const boundary = '==ALTOSTACK-USER-DATA=='
  const part = (data: string): string => {
    const text = Buffer.from(data, 'base64').toString('utf8')
    const type = text.startsWith('#!')
      ? 'text/x-shellscript'
      : text.startsWith('#cloud-config')
        ? 'text/cloud-config'
        : 'text/plain'
    return `--${boundary}\nContent-Type: ${type}; charset="utf-8"\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n${data}\n`
  }
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n`
  return Buffer.from(`${head}${part(first)}${part(second)}--${boundary}--\n`).toString('base64')
}
