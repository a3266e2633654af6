const sector = 2048

/**
 * A CD that boots by itself: ISO 9660 with an El Torito entry whose only program writes `text` to the first serial line
 * and halts.
 */
export function isoOf(text: string): Buffer {
  const iso = Buffer.alloc(64 * sector)
  primaryVolume(iso.subarray(16 * sector))
  bootRecord(iso.subarray(17 * sector), 19)
  iso.write('\xffCD001\x01', 18 * sector, 'latin1')
  bootCatalogue(iso.subarray(19 * sector), 20)
  bootProgram(`${text}\r\n`).copy(iso, 20 * sector)
  return iso
}

function primaryVolume(at: Buffer): void {
  at.write('\x01CD001\x01', 0, 'latin1')
  at.write('ALTOSTACK'.padEnd(32), 40, 'latin1')
  at.writeUInt32LE(64, 80)
  at.writeUInt32BE(64, 84)
  at.writeUInt16LE(sector, 128)
  at.writeUInt16BE(sector, 130)
}

function bootRecord(at: Buffer, catalogue: number): void {
  at.write('\x00CD001\x01EL TORITO SPECIFICATION', 0, 'latin1')
  at.writeUInt32LE(catalogue, 0x47)
}

/** The validation entry, whose 16-bit words sum to zero, and one entry without emulation. */
function bootCatalogue(at: Buffer, program: number): void {
  at.writeUInt8(1, 0)
  at.writeUInt16LE(0xaa55, 30)
  let sum = 0
  for (let word = 0; word < 32; word += 2) sum += at.readUInt16LE(word)
  at.writeUInt16LE((0x1_00_00 - (sum & 0xffff)) & 0xffff, 28)
  at.writeUInt8(0x88, 32)
  at.writeUInt16LE(4, 38)
  at.writeUInt32LE(program, 40)
}

/** 16-bit: sends each character to port 0x3f8, then halts for ever. */
function bootProgram(text: string): Buffer {
  const code = [
    ...[0xfc, 0x31, 0xc0, 0x8e, 0xd8], // cld; xor ax,ax; mov ds,ax
    ...[0xbe, 0x1b, 0x7c], // mov si,0x7c1b
    ...[0xba, 0xfd, 0x03], // wait: mov dx,0x3fd
    ...[0xec, 0xa8, 0x20, 0x74, 0xfb], // in al,dx; test al,0x20; jz to the in
    ...[0xac, 0x84, 0xc0, 0x74, 0x05], // lodsb; test al,al; jz halt
    ...[0xb2, 0xf8, 0xee, 0xeb, 0xee], // mov dl,0xf8; out dx,al; jmp wait
    ...[0xf4], // halt: hlt
  ]
  const start = code.length + 2
  code.push(0xeb, 0xfd) // jmp halt
  code[6] = start
  return Buffer.concat([Buffer.from(code), Buffer.from(`${text}\0`, 'latin1')])
}
