import { type Background, type BackgroundSettings, openBackground } from './background.ts'
import { openFile } from './platform/node-files.ts'
import { send } from './platform/node-http.ts'

export const createBackground = (settings: BackgroundSettings): Background =>
  openBackground(settings, send, openFile)
