/** Text in which no day, hour or code is torn apart at the end of a line. */
const WHOLE =
  /([A-Z]{2,4}-\d{4}-\w{4}|\d{4}-\d\d-\d\d|\d{4}年\d{1,2}月\d{1,2}日|星期.|(?:今天 )?\d{1,2}:\d\d)/

export function Said({ text }: { text: string }) {
  return (
    <>
      {text.split(WHOLE).map((part, at) =>
        at % 2 === 0 ? (
          part
        ) : (
          <span key={at} class="whole">
            {part}
          </span>
        ),
      )}
    </>
  )
}
