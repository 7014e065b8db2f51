import type { RowGeometry } from '#lib/timeline/geometry.ts'
import { type RowLayout, rowsBetween } from '#lib/timeline/layout-rows.ts'
import type { CallRow, FoldRow, Timeline } from '#lib/timeline/model.ts'
import { prepareRowMarks } from '#lib/timeline/row-marks.ts'
import { formatFoldNote, formatRowNote } from '#lib/timeline/row-notes.ts'
import { clipSpan, prepareRowShapes } from '#lib/timeline/row-shapes.ts'
import { type Scale, toX } from '#lib/timeline/scale.ts'
import type { Axis } from '#lib/timeline/ticks.ts'
import { paintFold } from './paint-fold.ts'
import { paintGlyph } from './paint-glyphs.ts'
import { type Context2d, fontOf, type PaintKit } from './paint-kit.ts'
import { paintShape } from './paint-shapes.ts'

export interface RowsScene {
  readonly timeline: Timeline
  readonly layout: RowLayout
  readonly scale: Scale
  readonly axis: Axis
  /** Where the canvas begins, in px from the top of the first row. */
  readonly originY: number
  /** What of the rows to paint. */
  readonly fromY: number
  readonly toY: number
  readonly selectedKey: string | null
  readonly hoverKey: string | null
  readonly toolOf: ReadonlyMap<string, string>
  /** On a narrow screen the name and note stand above the bar, as text of the page. */
  readonly touch: boolean
}

/** Paints all rows of which any part lies between the two heights; returns how many. */
export function paintRows(context: Context2d, kit: PaintKit, scene: RowsScene): number {
  const { layout, originY, fromY, toY } = scene
  const [first, after] = rowsBetween(layout, fromY, toY)
  context.save()
  context.translate(0, -originY)
  paintGround(context, kit, scene)
  context.font = fontOf(kit.tokens.sans, 11)
  context.textBaseline = 'middle'
  for (let index = first; index < after; index++) {
    const row = layout.rows[index]
    const geometry = layout.geometries[index]
    const top = layout.tops[index]
    if (!row || !geometry || top === undefined) continue
    if (row.kind === 'fold') paintFoldRow(context, kit, scene, row, geometry, top)
    else paintCallRow(context, kit, scene, row, geometry, top)
  }
  paintBarrier(context, kit, scene)
  context.restore()
  return after - first
}

function paintGround(context: Context2d, kit: PaintKit, scene: RowsScene): void {
  const { tokens } = kit
  const { scale, axis, fromY, toY, timeline } = scene
  context.fillStyle = tokens.line1
  for (const tick of axis.ticks) context.fillRect(kit.crisp(tick.x), fromY, 1, toY - fromY)
  if (!timeline.alone) return
  const wash = clipSpan(scale, timeline.alone.fromUs, timeline.alone.toUs, 0)
  if (!wash) return
  const x = kit.crisp(wash.x)
  context.fillStyle = tokens.slowWash
  context.fillRect(x, fromY, kit.crisp(wash.x + wash.width) - x, toY - fromY)
}

/** The end of the batch, and its beginning when something ran before the hand-over. */
function paintBarrier(context: Context2d, kit: PaintKit, { scale, timeline, fromY, toY }: RowsScene): void {
  if (timeline.extent.fromUs < 0) {
    context.fillStyle = kit.tokens.line3
    context.fillRect(kit.crisp(toX(scale, 0)), fromY, 1, toY - fromY)
  }
  if (timeline.endUs === null) return
  const x = kit.crisp(toX(scale, timeline.endUs))
  if (x < 0 || x > scale.widthPx) return
  context.fillStyle = timeline.rows.some((row) => row.slowest) ? kit.tokens.slow : kit.tokens.line3
  context.fillRect(x, fromY, 1, toY - fromY)
}

function paintRowGround(
  context: Context2d,
  kit: PaintKit,
  scene: RowsScene,
  key: string,
  geometry: RowGeometry,
  top: number,
): void {
  const { tokens } = kit
  const { widthPx } = scene.scale
  const ground =
    scene.selectedKey === key ? tokens.bgSelected : scene.hoverKey === key ? tokens.bgHover : null
  if (ground !== null) {
    context.fillStyle = ground
    context.fillRect(0, top, widthPx, geometry.rowHeight)
  }
  if (!geometry.hairline) return
  context.fillStyle = tokens.line1
  context.fillRect(0, top + geometry.rowHeight - 1, widthPx, 1)
}

function paintCallRow(
  context: Context2d,
  kit: PaintKit,
  scene: RowsScene,
  row: CallRow,
  geometry: RowGeometry,
  top: number,
): void {
  const { scale, timeline, toolOf, touch } = scene
  paintRowGround(context, kit, scene, row.key, geometry, top)
  for (const shape of prepareRowShapes(row, scale, geometry, timeline.alone))
    paintShape(context, kit, shape, top)
  if (!geometry.glyphs) return
  const note = touch ? null : formatRowNote(row, timeline.alone, toolOf, false)
  const marks = prepareRowMarks(row, scale, geometry, note, (text) => kit.textWidth(context, text))
  for (const mark of marks) {
    if (mark.glyph !== null) paintGlyph(context, kit, mark.glyph, mark.x, top + mark.y, mark.size)
    if (mark.text === null) continue
    context.fillStyle = row.slowest ? kit.tokens.slowText : kit.tokens.ink2
    context.fillText(mark.text, mark.textX, top + mark.y + 0.5)
  }
}

function paintFoldRow(
  context: Context2d,
  kit: PaintKit,
  scene: RowsScene,
  fold: FoldRow,
  geometry: RowGeometry,
  top: number,
): void {
  paintRowGround(context, kit, scene, fold.key, geometry, top)
  paintFold(context, kit, fold, scene.scale, geometry, top, scene.touch ? null : formatFoldNote(fold))
}
