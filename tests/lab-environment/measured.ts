/** Prints a measured number as `# measured name value unit`; lines of this form are what docs and benches collect. */
export function measured(name: string, value: number, unit: string): void {
  console.log(`# measured ${name} ${Math.round(value * 10) / 10} ${unit}`)
}
