/**
 * For a library that writes styles in ways which the content policy refuses: until the answer is called, style elements of
 * this document carry the nonce of the page, and a `style` attribute that is set goes through the element's style object.
 */
export function allowStyles(): () => void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
  document.createElement = (tag: string, options?: ElementCreationOptions): HTMLElement => {
    const element: HTMLElement = Document.prototype.createElement.call(document, tag, options)
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    else element.setAttribute = setStyleByObject
    return element
  }
  return () => {
    Reflect.deleteProperty(document, 'createElement')
  }
}

function setStyleByObject(this: HTMLElement, name: string, value: string): void {
  if (name === 'style') this.style.cssText = value
  else HTMLElement.prototype.setAttribute.call(this, name, value)
}
