import { type Background, type BackgroundSettings, openBackground } from './background.ts'
import { send } from './platform/web-http.ts'

export const createBackground = (settings: BackgroundSettings): Background =>
  openBackground(settings, send, () => null)
