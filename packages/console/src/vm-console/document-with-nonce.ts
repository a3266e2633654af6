/**
 * The document for a library that writes styles in ways which the content policy refuses: its style elements carry the
 * nonce of the page, and what it sets as a `style` attribute goes through the element's style object instead.
 */
export function documentWithNonce(): Document {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
  return new Proxy(document, {
    get(target, key) {
      if (key === 'createElement') {
        return (tag: string, options?: ElementCreationOptions) => {
          const element = target.createElement(tag, options)
          if (element instanceof HTMLStyleElement) element.nonce = nonce
          else element.setAttribute = setStyleByObject
          return element
        }
      }
      const value: unknown = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function setStyleByObject(this: HTMLElement, name: string, value: string): void {
  if (name === 'style') this.style.cssText = value
  else HTMLElement.prototype.setAttribute.call(this, name, value)
}
