/**
 * Moves the focus to the next or previous row of a list, where each row's link carries its name as
 * `data-walk`. Without a focused row it goes to the first. Enter then opens the row like any link.
 */
export function walkRows(name: string, step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>(`[data-walk="${name}"]`)]
  const index = links.indexOf(document.activeElement as HTMLElement)
  const next = links[index < 0 ? 0 : Math.min(links.length - 1, Math.max(0, index + step))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}
