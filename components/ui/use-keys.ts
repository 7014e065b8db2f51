'use client'

import { useEffect, useRef, useSyncExternalStore } from 'react'

export interface KeyBinding {
  /** As `KeyboardEvent.key` names it; two keys one after the other are written `g b`. */
  readonly keys: string
  /** What it does, for the dialog that lists the keys. */
  readonly label: string
  /** Absent where the browser does it by itself (Enter on a link). */
  readonly run?: () => void
}

export interface KeyGroup {
  readonly title: string
  /** The shell's keys are listed first and give way to a page's. */
  readonly isOfShell: boolean
  readonly bindings: readonly KeyBinding[]
}

/** How long the second key of a pair may take. */
const CHORD_MS = 1000

const groups = new Map<object, KeyGroup>()
const listeners = new Set<() => void>()
let snapshot: readonly KeyGroup[] = []
let chord: { key: string; untilMs: number } | null = null

function changed() {
  // Effects run from the inside out, so that the order of mounting says nothing.
  snapshot = [...groups.values()].sort((a, b) => Number(b.isOfShell) - Number(a.isOfShell))
  for (const listener of listeners) listener()
}

/** A page's keys are not for whoever is typing, nor for an open menu or dialog. */
function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  return (
    target.closest('input, textarea, select, [contenteditable="true"], [role="dialog"], [role="menu"]') !==
    null
  )
}

function onKeyDown(event: KeyboardEvent) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target))
    return
  const pair = chord && event.timeStamp < chord.untilMs ? `${chord.key} ${event.key}` : null
  chord = null
  const bindings = snapshot.toReversed().flatMap((group) => group.bindings)
  const hit = bindings.find((binding) => binding.keys === (pair ?? event.key) && binding.run)
  if (hit?.run) {
    event.preventDefault()
    hit.run()
  } else if (bindings.some((binding) => binding.keys.startsWith(`${event.key} `))) {
    chord = { key: event.key, untilMs: event.timeStamp + CHORD_MS }
  }
}

/** Binds keys while mounted and lists them in the dialog that `?` opens, under the page's title. */
export function useKeys(title: string, bindings: readonly KeyBinding[], isOfShell = false): void {
  const latest = useRef(bindings)
  useEffect(() => {
    latest.current = bindings
  })
  // Rebinding is needed only when the list itself changes; what a key runs is always the latest.
  const shape = bindings.map((binding) => `${binding.keys}\u0000${binding.label}`).join('\u0001')
  useEffect(() => {
    const token = {}
    const stable = shape.split('\u0001').map((line, index): KeyBinding => {
      const [keys = '', label = ''] = line.split('\u0000')
      const isBound = latest.current[index]?.run !== undefined
      return { keys, label, ...(isBound ? { run: () => latest.current[index]?.run?.() } : {}) }
    })
    if (groups.size === 0) document.addEventListener('keydown', onKeyDown)
    groups.set(token, { title, isOfShell, bindings: stable })
    changed()
    return () => {
      groups.delete(token)
      if (groups.size === 0) document.removeEventListener('keydown', onKeyDown)
      changed()
    }
  }, [title, shape, isOfShell])
}

const NO_GROUPS: readonly KeyGroup[] = []

/** Every key that works on the page now, the shell's first. */
export function useKeyGroups(): readonly KeyGroup[] {
  return useSyncExternalStore(
    (onChange) => {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    () => snapshot,
    () => NO_GROUPS,
  )
}
