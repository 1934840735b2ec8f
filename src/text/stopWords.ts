/** Words that say nothing about what a text is about. Lower case. */

const ENGLISH =
  'a about above after again all also am an and any are as at be because been before being below between both but by ' +
  'can cannot could did do does doing done down during e.g each either else etc even every few for from further get gets ' +
  'got had has have having he her here hers him his how however i i.e if in into is it its itself just let like made make ' +
  'may me might more most much must my no nor not now of off on once one only onto or other our out over own per ' +
  'rather really same say says see she should since so some such than that the their them then there these they this ' +
  'those through to too under until up upon us use used uses using very via was way we well were what when where ' +
  'whether which while who whom whose why will with within without would yes yet you your';

const KOREAN =
  '은 는 이 가 을 를 에 의 과 와 로 으로 이다 있다 하다 되다 않다 그 그리고 또한 그러나 하지만 그래서 따라서 또는 및 ' +
  '것 수 때 등 더 이런 그런 저런 이것 그것 저것 여기 거기 저기 우리 나는 내가 너무 매우 아주 정말 다시 모두 위해 대해 ' +
  '대한 통해 위한 때문에 있는 없는 하는 되는 했다 한다 된다 됐다 있었다 없다 였다 합니다 했습니다 됩니다 있습니다';

const STOP_WORDS: ReadonlySet<string> = new Set(`${ENGLISH} ${KOREAN}`.split(' '));

/** @param word in lower case */
export function isStopWord(word: string): boolean {
  return STOP_WORDS.has(word);
}
