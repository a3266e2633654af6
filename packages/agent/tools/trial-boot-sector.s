# Boot sector of the trial guest: enters long mode with paging, takes 25 timer interrupts, then ends QEMU through
# isa-debug-exit (port 0xf4, value 0x2a). A host whose KVM only runs firmware does not get this far.
# Built by: as --64 -o t.o trial-boot-sector.s && ld -Ttext 0x7c00 --oformat binary -o t.bin t.o; hex in src/acceleration/trial.ts
.intel_syntax noprefix
.code16
.global _start
_start:
  cli
  xor ax, ax
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov sp, 0x7c00
  # Page tables at 0x1000: identity map of the first 2 MiB by one large page.
  cld
  mov di, 0x1000
  mov cx, 0x1800
  rep stosw
  mov word ptr [0x1000], 0x2003
  mov word ptr [0x2000], 0x3003
  mov word ptr [0x3000], 0x0083
  # IDT at 0x5000: vector 0x20 is the timer.
  mov di, 0x5000
  mov cx, 0x800
  rep stosw
  mov word ptr [0x5200], offset tick
  mov word ptr [0x5202], 8
  mov word ptr [0x5204], 0x8e00
  # PIC: vectors from 0x20, only IRQ 0.
  mov al, 0x11
  out 0x20, al
  mov al, 0x20
  out 0x21, al
  mov al, 4
  out 0x21, al
  mov al, 1
  out 0x21, al
  mov al, 0xfe
  out 0x21, al
  mov al, 0xff
  out 0xa1, al
  # Timer at about 100 Hz.
  mov al, 0x34
  out 0x43, al
  mov al, 0x9c
  out 0x40, al
  mov al, 0x2e
  out 0x40, al
  # PAE, long mode, paging.
  mov eax, cr4
  or al, 0x20
  mov cr4, eax
  mov eax, 0x1000
  mov cr3, eax
  mov ecx, 0xc0000080
  rdmsr
  or ah, 1
  wrmsr
  lgdt [gdtr]
  lidt [idtr]
  mov eax, cr0
  or eax, 0x80000001
  mov cr0, eax
  .byte 0xea
  .word long
  .word 8
.code64
long:
  xor ebx, ebx
  sti
1:
  hlt
  cmp ebx, 25
  jb 1b
  mov al, 0x2a
  out 0xf4, al
2:
  hlt
  jmp 2b
tick:
  inc ebx
  push rax
  mov al, 0x20
  out 0x20, al
  pop rax
  iretq
.balign 8
gdt:
  .quad 0
  .quad 0x00209a0000000000
  .quad 0x0000920000000000
gdtr:
  .word 23
  .long gdt
idtr:
  .word 0x3ff
  .long 0x5000
.org 510
  .word 0xaa55
