/** All that asks for photos and shows them, one chunk: a question, the photos of an answer, the news of a record. */
import zh from 'virtual:words/zh/photo'
import { addWords } from '../../words.ts'
import './photos.css'
import type { ControlProps } from '../form/field.tsx'
import { PhotoNews, PhotoStrip, type NewsProps, type StripProps } from './photos.tsx'
import { PhotosInput } from './photos_input.tsx'

addWords(zh)

export type PhotosProps = ControlProps | StripProps | NewsProps

export function Photos(props: PhotosProps) {
  if ('record' in props) return <PhotoNews {...props} />
  return 'names' in props ? <PhotoStrip {...props} /> : <PhotosInput {...props} />
}
